#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace monet::files {

/// A streaming 64-bit content hash (the XXH64 function of Yann Collet's specification, seed 0): tells two inputs apart,
/// is no protection against someone who wants a collision. The result depends on the bytes only, not on how they are
/// cut into calls. Several GB/s.
class Hasher {
 public:
  void add(std::span<const std::byte> bytes);
  /// The values of trivially copyable type, as their bytes in memory.
  template <class T>
  void add_values(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    add(std::as_bytes(values));
  }
  /// The text and its length, so that ("ab", "c") and ("a", "bc") differ.
  void add_text(std::string_view text);
  void add_number(std::int64_t value) { add_values(std::span<const std::int64_t>(&value, 1)); }

  /// The hash of everything so far; more may follow.
  std::uint64_t value() const;
  /// `value` as 16 hexadecimal digits.
  std::string hex() const;

 private:
  static constexpr std::size_t kStripe = 32;
  std::array<std::uint64_t, 4> lanes_{0x60ea27eeadc0b5d6U, 0xc2b2ae3d27d4eb4fU, 0, 0x61c8864e7a143579U};
  std::array<std::byte, kStripe> rest_{};
  std::uint64_t total_ = 0;
};

/// The hash of a file's bytes, in hexadecimal. Throws IoError.
std::string hash_file(const std::filesystem::path& path);

}  // namespace monet::files
