#include "monet/dist/mpi_report.h"

#include "monet/core/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace monet::dist {

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "?";
  return name.data();
}

void report_line(std::string_view text) {
  const std::string line = "monet-mpi: " + one_line(text) + "\n";
  while (::write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
  }
  if (const char* said = std::getenv("MONET_MPI_SAID"); said != nullptr) {
    const int file = ::open(said, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);  // else it is said twice
  }
}

}  // namespace monet::dist
