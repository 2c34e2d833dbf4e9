#include "monet/core/files/mapped_file.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace monet::files {

MappedFile::MappedFile(const std::filesystem::path& path) {
  // O_NONBLOCK: a named pipe must be refused below, not waited for.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) fail_io(path, "open", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_io(path, "read", errno);
  if (S_ISDIR(status.st_mode)) fail_io(path, "open", EISDIR);
  if (!S_ISREG(status.st_mode)) fail<IoError>("{}: cannot open: it is not a regular file", path.string());
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapped == MAP_FAILED) {
    size_ = 0;
    fail_io(path, "map", errno);
  }
  data_ = mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace monet::files
