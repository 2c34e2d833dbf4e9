#include "monet/core/files/atomic.h"

#include "monet/core/error.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include <system_error>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace monet::files {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t kPendingBytes = std::size_t{1} << 20;

fs::path without_trailing_slash(fs::path path) {
  if (!path.has_filename()) path = path.parent_path();
  return path;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

fs::path beside(const fs::path& target, const char* suffix) {
  return folder_of(target) / fmt::format(".{}{}", target.filename().string(), suffix);
}

void sync(const fs::path& path, int flags) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!file.valid()) fail_io(path, "open", errno);
  // Some file systems cannot sync a directory and say EINVAL; there is nothing more to be done there.
  if (::fsync(file.get()) != 0 && !(errno == EINVAL && (flags & O_DIRECTORY) != 0)) fail_io(path, "sync", errno);
}

void sync_folder(const fs::path& folder) {
  sync(folder, O_DIRECTORY);
}

void sync_tree(const fs::path& root) {
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) {
      sync_folder(entry.path());
    } else if (entry.is_regular_file()) {
      sync(entry.path(), 0);
    }
  }
  sync_folder(root);
}

/// Takes the lock that tells a live writer from the leavings of a killed one. A file system without locks is let
/// through.
void lock(const Descriptor& file, const fs::path& target) {
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  fail<IoError>("{}: another process is writing it; wait until that ends, or choose another name", target.string());
}

bool still_named(const Descriptor& file, const fs::path& path) {
  struct stat open_file {};
  struct stat named {};
  return ::fstat(file.get(), &open_file) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         open_file.st_ino == named.st_ino && open_file.st_dev == named.st_dev;
}

/// Opens and locks the temporary file. Between opening and locking, its last owner may have renamed it into place: then
/// the name is gone from this inode and a fresh one is made.
Descriptor open_temporary(const fs::path& temporary, const fs::path& target) {
  for (;;) {
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file.valid()) fail_io(target, "write", errno);
    lock(file, target);
    if (!still_named(file, temporary)) continue;
    if (::ftruncate(file.get(), 0) != 0) fail_io(target, "write", errno);
    return file;
  }
}

void remove_tree(const fs::path& path) {
  std::error_code ignored;  // best effort: what stays behind is a hidden directory that the next writer removes
  fs::remove_all(path, ignored);
}

bool exchange(const fs::path& staging, const fs::path& target) {
  if (::renameat2(AT_FDCWD, staging.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return true;
  if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return false;
  fail_io(target, "replace", errno);
}

void rename_or_fail(const fs::path& from, const fs::path& to, const fs::path& target) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_io(target, "replace", errno);
}
}  // namespace

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)) {
  std::error_code error;
  if (fs::is_symlink(target_, error)) target_ = fs::weakly_canonical(target_);
  const fs::file_status status = fs::status(target_, error);
  if (fs::is_directory(status)) fail_io(target_, "write", EISDIR);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    file_ = Descriptor(::open(target_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file_.valid()) fail_io(target_, "write", errno);
    return;
  }
  temporary_ = beside(target_, ".tmp");
  file_ = open_temporary(temporary_, target_);
}

AtomicFile::~AtomicFile() {
  if (!committed_ && !temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  if (pending_.size() + bytes.size() > kPendingBytes) flush();
  if (bytes.size() >= kPendingBytes) {
    write_all(file_.get(), bytes, target_);
  } else {
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  }
}

void AtomicFile::flush() {
  write_all(file_.get(), pending_, target_);
  pending_.clear();
}

void AtomicFile::commit() {
  if (committed_) fail<InternalError>("[files] {} was committed twice", target_.string());
  flush();
  if (temporary_.empty()) {
    if (const int error = file_.close(); error != 0) fail_io(target_, "write", error);
    committed_ = true;
    return;
  }
  // The descriptor stays open over the rename: with it the lock would go, and another writer could overtake the file.
  if (::fsync(file_.get()) != 0) fail_io(target_, "write", errno);
  rename_or_fail(temporary_, target_, target_);
  committed_ = true;
  sync_folder(folder_of(target_));
  if (const int error = file_.close(); error != 0) fail_io(target_, "write", error);
}

void write_file(const fs::path& target, std::string_view content) {
  AtomicFile file(target);
  file.write(content);
  file.commit();
}

AtomicDirectory::AtomicDirectory(fs::path target)
    : target_(without_trailing_slash(std::move(target))), staging_(beside(target_, ".tmp")) {
  std::error_code error;
  if (fs::is_symlink(target_, error)) {
    target_ = fs::weakly_canonical(target_);
    staging_ = beside(target_, ".tmp");
  }
  for (;;) {
    if (::mkdir(staging_.c_str(), 0777) != 0 && errno != EEXIST) fail_io(target_, "write", errno);
    Descriptor opened(::open(staging_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (!opened.valid() && errno == ENOENT) continue;  // its last owner finished in between
    if (!opened.valid()) fail_io(target_, "write", errno);
    lock(opened, target_);
    if (!still_named(opened, staging_)) continue;
    lock_ = std::move(opened);
    break;
  }
  for (const auto& leaving : fs::directory_iterator(staging_)) remove_tree(leaving.path());
}

AtomicDirectory::~AtomicDirectory() {
  if (!committed_) remove_tree(staging_);
}

void AtomicDirectory::commit(Replace how) {
  if (committed_) fail<InternalError>("[files] {} was committed twice", target_.string());
  sync_tree(staging_);
  recover_directory(target_);
  const fs::path folder = folder_of(target_);
  if (!fs::exists(target_)) {
    rename_or_fail(staging_, target_, target_);
    committed_ = true;
    sync_folder(folder);
    return;
  }
  if (how == Replace::exchange_if_possible && exchange(staging_, target_)) {
    committed_ = true;
    sync_folder(folder);
    remove_tree(staging_);
    return;
  }
  const fs::path old = beside(target_, ".old");
  rename_or_fail(target_, old, target_);
  if (::rename(staging_.c_str(), target_.c_str()) != 0) {
    const int error = errno;
    static_cast<void>(recover_directory(target_));
    fail_io(target_, "replace", error);
  }
  committed_ = true;
  sync_folder(folder);
  remove_tree(old);
}

bool recover_directory(const fs::path& target) {
  const fs::path named = without_trailing_slash(target);
  const fs::path old = beside(named, ".old");
  std::error_code error;
  if (!fs::is_directory(old, error)) return false;
  if (fs::exists(fs::symlink_status(named, error))) {
    remove_tree(old);
    return false;
  }
  rename_or_fail(old, named, named);
  sync_folder(folder_of(named));
  return true;
}

}  // namespace monet::files
