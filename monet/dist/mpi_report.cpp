#include "monet/dist/mpi_report.h"

#include "monet/core/error.h"

#include <unistd.h>

#include <array>
#include <cerrno>

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
}

}  // namespace monet::dist
