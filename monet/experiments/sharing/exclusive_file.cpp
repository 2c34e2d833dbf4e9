#include "monet/experiments/sharing/exclusive_file.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"
#include "monet/experiments/method.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include <system_error>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <span>
#include <sstream>
#include <utility>

namespace monet::experiments::sharing {

namespace fs = std::filesystem;

namespace {

constexpr int kTries = 100;  // what was made may go again meanwhile: the last one there tidies up

/// A file beside another one under a name of its own; goes with this.
class Draft {
 public:
  Draft(const fs::path& target, std::string_view text)
      : target_(target), path_(target.parent_path() / (".new-" + unique_name())) {
    files::Descriptor file(open());
    try {
      files::write_all(file.get(), std::as_bytes(std::span(text)), target);
      if (const int error = file.close(); error != 0) files::fail_io(target, "write", error);
    } catch (...) {
      ::unlink(path_.c_str());
      throw;
    }
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { ::unlink(path_.c_str()); }

  const fs::path& path() const { return path_; }

 private:
  int open() const {
    for (int n = 0;; ++n) {
      const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (file >= 0) return file;
      if (errno != ENOENT || n == kTries) files::fail_io(target_, "write", errno);
      make_folder(path_.parent_path());
    }
  }

  fs::path target_;
  fs::path path_;
};

/// Whether the draft got its second name, though the server's answer was lost and the repeated call failed.
bool has_two_names(const fs::path& draft) {
  struct stat status {};
  return ::stat(draft.c_str(), &status) == 0 && status.st_nlink == 2;
}

}  // namespace

std::string unique_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {"host"};
  std::uint64_t bits = 0;
  if (::getrandom(&bits, sizeof bits, 0) != sizeof bits) fail<IoError>("cannot read random bits of the system");
  return slug(fmt::format("{}-{}-{:016x}", host.data(), ::getpid(), bits));
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  for (int n = 0; n < kTries; ++n) {
    fs::create_directories(folder, error);
    if (!error) return;
    if (error != std::errc::no_such_file_or_directory) break;
  }
  files::fail_io(folder, "make the folder", error.value());
}

bool create_exclusively(const fs::path& file, std::string_view text) {
  const Draft draft(file, text);
  if (::link(draft.path().c_str(), file.c_str()) == 0) return true;
  const int error = errno;
  if (error == EEXIST) return has_two_names(draft.path());
  // A file system without hard links.
  if (::renameat2(AT_FDCWD, draft.path().c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  files::fail_io(file, "write", error);
}

void replace(const fs::path& file, std::string_view text) {
  const Draft draft(file, text);
  if (::rename(draft.path().c_str(), file.c_str()) != 0) files::fail_io(file, "replace", errno);
}

std::string text_of(const fs::path& file) {
  const std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

}  // namespace monet::experiments::sharing
