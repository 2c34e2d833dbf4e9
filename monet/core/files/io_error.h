#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

namespace monet::files {

/// Throws the IoError of a failed system call on `path`: what was tried, what the system said (`error` is an errno
/// value), and the remedy where there is one: "OUT/model.safetensors: cannot write: the disk is full; free some space
/// or …".
[[noreturn]] void fail_io(const std::filesystem::path& path, std::string_view operation, int error);

/// Writes all of `bytes` to the descriptor, going on after short writes and interruptions. Throws IoError naming
/// `path`.
void write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& path);

/// An owned file descriptor. Movable.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int get() const { return value_; }
  bool valid() const { return value_ >= 0; }
  /// Closes now and returns the errno of `close`, 0 when it went well.
  int close();
  /// Gives it away: whoever takes it closes it.
  int release() { return std::exchange(value_, -1); }

 private:
  int value_ = -1;
};

}  // namespace monet::files
