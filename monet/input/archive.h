#pragma once

#include "monet/core/view.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace monet::input {

/// The bytes of a file as they lie on the disk, for an archive's reader.
class RawBytes {
 public:
  virtual ~RawBytes() = default;
  /// The next bytes, valid until the next call; none at the end. May throw.
  virtual std::span<const char> next() = 0;
  /// Goes to a place; the next bytes are those from there on. May throw.
  virtual void seek(Index place) = 0;
  virtual Index size() const = 0;
};

/// One member of an archive, or a compressed stream (xz, bzip2, lz4, …), decompressed as it is read (libarchive). An
/// archive's reader needs no more memory than its windows, however much comes out.
class ArchiveReader {
 public:
  enum class Layout {
    zip,     // members are listed at the end: the bytes are read out of order
    stream,  // a tar archive or one compressed text, compressed by anything
  };
  /// Goes to `member`; when that is empty, to the only member with data (what macOS adds, hidden files, README and the
  /// like do not count), or the only one of those that is called as tables or records are. Throws Unreadable: damaged,
  /// cut off, encrypted, no such member; DataError: several members (they are named), a kind of zip that is no
  /// container of data (a workbook, a PyTorch file).
  ArchiveReader(std::filesystem::path file, RawBytes& bytes, Layout layout, std::string member);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ~ArchiveReader();

  /// Fills a part of `target`; 0 at the end. In a tar archive a second member with data is found only then, and
  /// refused. Throws Unreadable.
  std::size_t read(std::span<char> target);

 private:
  struct Handle;
  void open();
  bool next_member();
  void choose_zip_member();
  void choose_tar_member();
  [[noreturn]] void fail_damaged();

  std::filesystem::path file_;
  RawBytes& bytes_;
  Layout layout_;
  std::string member_;
  std::string current_;
  bool is_tar_ = false;
  bool ended_ = false;
  std::unique_ptr<Handle> handle_;
};

/// The members of a zip file that may hold data, by name. Throws as ArchiveReader; IoError.
std::vector<std::string> zip_members(const std::filesystem::path& file);

/// A path into a zip file: "DIR/x.zip/ratings.csv" is the member "ratings.csv" of "DIR/x.zip". Both parts; the member
/// is empty for a path that is no such.
struct MemberPath {
  std::filesystem::path file;
  std::string member;
};
MemberPath split_member_path(const std::filesystem::path& path);

/// Whether `path` is there: a file, a folder, or a member of a zip file.
bool exists(const std::filesystem::path& path);

}  // namespace monet::input
