#pragma once

#include "monet/core/files/io_error.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace monet::files {

/// Writes a file so that its name always holds either the old content or the whole new one: the bytes go to `.NAME.tmp`
/// in the same folder, `commit` syncs it, renames it over the target and syncs the folder. Without `commit` (an
/// exception on the way) the temporary file is removed; one left by a killed process is overtaken by the next writer of
/// that name. A target that is a symbolic link is followed; one that is a device or a pipe is written directly.
class AtomicFile {
 public:
  /// Throws IoError when the folder cannot be written or another process is writing the same target.
  explicit AtomicFile(std::filesystem::path target);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  /// Appends; buffered. Throws IoError (a full disk among them), naming the target.
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  /// Makes the new content durable and visible. Throws IoError, leaving the old content.
  void commit();

 private:
  void flush();

  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty: the target is written directly
  Descriptor file_;
  std::vector<std::byte> pending_;
  bool committed_ = false;
};

/// AtomicFile in one call.
void write_file(const std::filesystem::path& target, std::string_view content);

/// How a finished directory takes the place of the old one. `two_renames` is what remains on a file system without
/// RENAME_EXCHANGE; naming it is for tests.
enum class Replace { exchange_if_possible, two_renames };

/// Builds a directory beside its final place, in `.NAME.tmp`, and puts it there in one step: the target is at any
/// moment absent, the old directory or the complete new one. `commit` syncs every file, then exchanges the two names
/// with renameat2(RENAME_EXCHANGE) and removes the old one. Where the file system has no exchange, the old directory is
/// renamed to
/// `.NAME.old` and the new one to NAME; a process killed between the two renames leaves the target absent, and
/// `recover_directory` puts the old one back.
class AtomicDirectory {
 public:
  /// Makes the staging directory, removing one left by a killed process. Throws IoError (also when another process is
  /// writing the same target).
  explicit AtomicDirectory(std::filesystem::path target);
  AtomicDirectory(const AtomicDirectory&) = delete;
  AtomicDirectory& operator=(const AtomicDirectory&) = delete;
  /// Removes the staging directory unless it was committed.
  ~AtomicDirectory();

  /// Where to write the files.
  const std::filesystem::path& path() const { return staging_; }
  /// Throws IoError, leaving the old directory in place.
  void commit(Replace how = Replace::exchange_if_possible);

 private:
  std::filesystem::path target_;
  std::filesystem::path staging_;
  Descriptor lock_;
  bool committed_ = false;
};

/// Undoes an interrupted replacement by two renames: when `target` is absent and its old version lies beside it, that
/// gets its name back (true). A no-op otherwise. Readers of a replaced directory call it before they open.
bool recover_directory(const std::filesystem::path& target);

}  // namespace monet::files
