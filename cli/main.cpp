#include "monet/dist/connect.h"
#include "cli/app.h"
#include "cli/exit_code.h"

#include <malloc.h>

#include <memory>

int main(int argc, char** argv) {
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
