#include "monet/dist/mpi_call.h"

#include "monet/dist/error.h"

#include <array>
#include <limits>

namespace monet::dist {

void check_mpi(int code, std::string_view call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS || length <= 0) {
    fail<DistributedError>("{}: error {}", call, code);
  }
  fail<DistributedError>("{}: {}", call, std::string_view(text.data(), static_cast<std::size_t>(length)));
}

int mpi_int(std::size_t value) {
  if (value > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    fail<InternalError>("[mpi] {} does not fit MPI's int", value);
  }
  return static_cast<int>(value);
}

std::string mpi_library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check_mpi(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  const std::string_view all(text.data(), static_cast<std::size_t>(length));
  std::string line(all.substr(0, all.find_first_of("\n\r")));
  for (char& c : line) {
    if (c == '\t') c = ' ';
  }
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

}  // namespace monet::dist
