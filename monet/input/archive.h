#pragma once

#include "monet/input/byte_stream.h"

#include <memory>
#include <string>

namespace monet::input {

/// The one data file inside a container that libarchive reads: zip, 7-Zip, tar (compressed or not), xz, bzip2, lz4. Of
/// an archive, folders, hidden files, `__MACOSX/` and files called README, LICENSE, … do not count.
class ArchiveStream : public ByteStream {
 public:
  /// Throws IoError; Unreadable when there is no data file inside, more than one (they are named), or it is encrypted.
  ArchiveStream(std::filesystem::path path, const Watch& watch);
  ArchiveStream(const ArchiveStream&) = delete;
  ArchiveStream& operator=(const ArchiveStream&) = delete;
  ~ArchiveStream() override;

  /// Throws Unreadable for a damaged or truncated container; Interrupted.
  std::size_t read(std::span<char> target) override;
  /// Bytes of the container that were read.
  Index bytes_read() const;

 private:
  struct Handle;
  std::filesystem::path path_;
  Watch watch_;
  Index total_ = 0;
  std::unique_ptr<Handle> handle_;
};

}  // namespace monet::input
