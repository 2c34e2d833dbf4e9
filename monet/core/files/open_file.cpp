#include "monet/core/files/open_file.h"

#include "monet/core/error.h"

#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace monet::files {

OpenFile::OpenFile(std::filesystem::path path) : path_(std::move(path)) {
  // O_NONBLOCK: a named pipe must be refused below, not waited for.
  file_ = Descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file_.valid()) fail_io(path_, "open", errno);
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) fail_io(path_, "read", errno);
  if (S_ISDIR(status.st_mode)) fail_io(path_, "open", EISDIR);
  if (!S_ISREG(status.st_mode)) fail<IoError>("{}: cannot open: it is not a regular file", path_.string());
  size_ = status.st_size;
}

std::size_t OpenFile::read(Index offset, std::span<std::byte> target) const {
  std::size_t done = 0;
  while (done < target.size()) {
    const ssize_t got =
        ::pread(file_.get(), target.data() + done, target.size() - done, offset + static_cast<Index>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_io(path_, "read", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace monet::files
