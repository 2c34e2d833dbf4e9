#include "monet/dist/connect.h"
#include "cli/app.h"
#include "cli/exit_code.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <memory>

namespace {
/// A program may be started without standard streams (`2>&-`). Their numbers must not go to the next file that is
/// opened: messages would be written into it. What is read-only fails when it is written to.
void fill_standard_streams() {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file) {
    if (::fcntl(file, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) != file) _exit(monet::cli::kBadInput);
  }
}
}  // namespace

int main(int argc, char** argv) {
  fill_standard_streams();
  // Memory of tables comes from the kernel and goes back to it. By default glibc takes them from its heap once one of
  // their size was freed, and what each validation leaves there fragments it (TikTok, 20 validations: 262 MB in place
  // of 112).
  constexpr int kTableBytes = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, kTableBytes);
  std::unique_ptr<monet::dist::Communicator> world;
  try {
    world = monet::dist::connect(argc, argv);
  } catch (...) {
    return monet::cli::report_current_exception("monet");
  }
  return monet::cli::run(argc, argv, *world);
}
