#pragma once

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/io_error.h"
#include "monet/core/view.h"
#include "monet/input/archive.h"
#include "monet/input/observer.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::input {

/// A source that cannot be read on: a damaged or cut compressed stream, a line without end. Not a matter of one line.
class Unreadable : public DataError {
 public:
  using DataError::DataError;
};

/// Bytes in order.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills a part of `target` and returns how many bytes; 0 at the end.
  virtual std::size_t read(std::span<char> target) = 0;
};

/// A text in memory, which must outlive the stream.
class MemoryStream : public ByteStream {
 public:
  explicit MemoryStream(std::string_view text) : rest_(text) {}
  std::size_t read(std::span<char> target) override;

 private:
  std::string_view rest_;
};

/// What a file may hold: anything, or text, so that what is known to be something else is refused by name.
enum class Content { text, any };

/// A file, decompressed when its bytes say so, whatever its name: gzip (one or several members) and Zstandard; xz,
/// bzip2, lz4, tar (itself compressed or not) and zip with one member of data, through `ArchiveReader`. A path
/// "x.zip/MEMBER" names a member. Tells the observer and looks at the stop flag (Interrupted) at every MiB read.
class FileStream : public ByteStream {
 public:
  /// Throws IoError; for text DataError that says what the file is and what to do (`files::refuse_foreign`), and what
  /// `read` throws.
  FileStream(std::filesystem::path path, const Watch& watch, Content content = Content::text);
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;
  ~FileStream() override;

  /// Throws IoError; Unreadable for a damaged or truncated stream; Interrupted.
  std::size_t read(std::span<char> target) override;
  /// Bytes and hash of the file as it lies on the disk, once it was read to its end.
  Index file_bytes() const { return done_; }
  std::string hash() const;

 private:
  class Decoder;
  class Gzip;
  class Zstd;
  class Raw;
  void open();
  void choose_decoder();
  void look_inside(Content content);
  void drain();
  std::size_t read_through(std::span<char> target);
  std::span<const char> more_raw();

  std::filesystem::path path_;
  Watch watch_;
  files::Descriptor file_;
  std::string member_;  // of a zip file; empty: the only one
  Index total_ = 0;
  Index done_ = 0;
  bool in_order_ = true;  // bytes are read as they lie, so that they can be hashed
  files::Hasher hasher_;
  std::vector<char> raw_;
  std::span<const char> rest_;  // of `raw_`, not decoded yet
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Raw> bytes_of_archive_;
  std::unique_ptr<ArchiveReader> archive_;
  std::vector<char> first_;  // decoded to look at them
  std::size_t first_at_ = 0;
};

}  // namespace monet::input
