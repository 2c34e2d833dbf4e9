#include "monet/core/files/io_error.h"

#include "monet/core/error.h"

#include <unistd.h>

#include <system_error>
#include <cerrno>
#include <utility>

namespace monet::files {

namespace {
std::string_view remedy(int error) {
  switch (error) {
    case ENOSPC: return "the disk is full; free some space or choose another place";
    case EDQUOT: return "the disk quota is used up; free some space or choose another place";
    case EROFS: return "the file system is read-only; choose another place";
    case EACCES:
    case EPERM: return "permission denied; check the owner and mode, or choose another place";
    case ENOENT: return "no such file or directory; check the path";
    case ENOTDIR: return "a part of the path is not a directory; check the path";
    case EISDIR: return "it is a directory; name a file";
    case EFBIG:
      return "the file would be larger than the system allows; raise the limit (ulimit -f) or choose another place";
    case EMFILE: return "too many open files; raise the limit (ulimit -n)";
    default: return {};
  }
}
}  // namespace

void fail_io(const std::filesystem::path& path, std::string_view operation, int error) {
  const std::string_view known = remedy(error);
  fail<IoError>("{}: cannot {}: {}", path.string(), operation,
                known.empty() ? std::generic_category().message(error) : std::string(known));
}

void write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail_io(path, "write", errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

Descriptor::Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

Descriptor::~Descriptor() {
  static_cast<void>(close());
}

int Descriptor::close() {
  if (value_ < 0) return 0;
  return ::close(std::exchange(value_, -1)) == 0 ? 0 : errno;
}

}  // namespace monet::files
