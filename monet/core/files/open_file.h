#pragma once

#include "monet/core/files/io_error.h"
#include "monet/core/view.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace monet::files {

/// A regular file that is read in pieces, from any place: what a process does not want of it takes no memory, not even
/// addresses.
class OpenFile {
 public:
  /// Throws IoError when the file is missing, unreadable or not a regular file.
  explicit OpenFile(std::filesystem::path path);

  Index size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }
  /// Fills `target` from `offset` on; returns how many bytes there were, less only at the end. Throws IoError.
  std::size_t read(Index offset, std::span<std::byte> target) const;

 private:
  std::filesystem::path path_;
  Descriptor file_;
  Index size_ = 0;
};

}  // namespace monet::files
