#pragma once

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/io_error.h"
#include "monet/core/view.h"
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

/// A file, decompressed when it begins as a gzip (one or several members) or Zstandard stream does, whatever its name.
/// Tells the observer and looks at the stop flag (Interrupted) at every MiB read.
class FileStream : public ByteStream {
 public:
  /// Throws IoError.
  FileStream(std::filesystem::path path, const Watch& watch);
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;
  ~FileStream() override;

  /// Throws IoError; Unreadable for a damaged or truncated stream; Interrupted.
  std::size_t read(std::span<char> target) override;
  /// Bytes and hash of the file as it lies on the disk, once it was read to its end.
  Index file_bytes() const { return done_; }
  std::string hash() const { return hasher_.hex(); }

 private:
  class Decoder;
  class Gzip;
  class Zstd;
  std::span<const char> more_raw();

  std::filesystem::path path_;
  Watch watch_;
  files::Descriptor file_;
  Index total_ = 0;
  Index done_ = 0;
  files::Hasher hasher_;
  std::vector<char> raw_;
  std::span<const char> rest_;  // of `raw_`, not decoded yet
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace monet::input
