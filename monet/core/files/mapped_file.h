#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace monet::files {

/// The bytes of a regular file, mapped read-only; pages come in when touched. Movable. The content is the file's as
/// long as nobody shortens it in place: everything this project writes is replaced by rename, never rewritten.
class MappedFile {
 public:
  MappedFile() = default;
  /// Throws IoError when the file is missing, unreadable or not a regular file.
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }
  std::size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace monet::files
