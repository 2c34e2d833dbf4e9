#include "cli/quiet.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace monet::cli {

namespace {
std::FILE* spoken = nullptr;
}

void be_quiet() {
  if (spoken != nullptr) return;
  std::FILE* nowhere = std::fopen("/dev/null", "we");
  if (nowhere == nullptr || ::dup2(::fileno(nowhere), STDOUT_FILENO) < 0) {
    fail<IoError>("/dev/null: {}", std::strerror(errno));
  }
  spoken = stderr;
  stderr = nowhere;  // a variable in glibc
}

void speak_up() {
  if (spoken != nullptr) stderr = spoken;
}

}  // namespace monet::cli
