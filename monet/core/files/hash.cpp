#include "monet/core/files/hash.h"

#include "monet/core/files/open_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

namespace monet::files {

namespace {
constexpr std::uint64_t kPrime1 = 0x9e3779b185ebca87U;
constexpr std::uint64_t kPrime2 = 0xc2b2ae3d27d4eb4fU;
constexpr std::uint64_t kPrime3 = 0x165667b19e3779f9U;
constexpr std::uint64_t kPrime4 = 0x85ebca77c2b2ae63U;
constexpr std::uint64_t kPrime5 = 0x27d4eb2f165667c5U;

template <class Word>
Word load(const std::byte* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t word) {
  return std::rotl(lane + word * kPrime2, 31) * kPrime1;
}

void stripe(std::array<std::uint64_t, 4>& lanes, const std::byte* from) {
  for (std::size_t lane = 0; lane < 4; ++lane) lanes[lane] = round(lanes[lane], load<std::uint64_t>(from + 8 * lane));
}
}  // namespace

void Hasher::add(std::span<const std::byte> bytes) {
  const std::size_t filled = static_cast<std::size_t>(total_ % kStripe);
  total_ += bytes.size();
  if (filled > 0) {
    const std::size_t taken = std::min(bytes.size(), kStripe - filled);
    std::copy_n(bytes.begin(), taken, rest_.begin() + static_cast<std::ptrdiff_t>(filled));
    bytes = bytes.subspan(taken);
    if (filled + taken < kStripe) return;
    stripe(lanes_, rest_.data());
  }
  for (; bytes.size() >= kStripe; bytes = bytes.subspan(kStripe)) stripe(lanes_, bytes.data());
  std::copy(bytes.begin(), bytes.end(), rest_.begin());
}

void Hasher::add_text(std::string_view text) {
  add_number(static_cast<std::int64_t>(text.size()));
  add(std::as_bytes(std::span(text)));
}

std::uint64_t Hasher::value() const {
  std::uint64_t hash = kPrime5;
  if (total_ >= kStripe) {
    hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) + std::rotl(lanes_[3], 18);
    for (const std::uint64_t lane : lanes_) hash = (hash ^ round(0, lane)) * kPrime1 + kPrime4;
  }
  hash += total_;
  const std::byte* from = rest_.data();
  std::size_t left = static_cast<std::size_t>(total_ % kStripe);
  for (; left >= 8; left -= 8, from += 8) {
    hash = std::rotl(hash ^ round(0, load<std::uint64_t>(from)), 27) * kPrime1 + kPrime4;
  }
  if (left >= 4) {
    hash = std::rotl(hash ^ (load<std::uint32_t>(from) * kPrime1), 23) * kPrime2 + kPrime3;
    left -= 4;
    from += 4;
  }
  for (; left > 0; --left, ++from)
    hash = std::rotl(hash ^ (std::to_integer<std::uint64_t>(*from) * kPrime5), 11) * kPrime1;
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

std::string Hasher::hex() const {
  return fmt::format("{:016x}", value());
}

std::string hash_file(const std::filesystem::path& path) {
  constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
  const OpenFile file(path);
  std::vector<std::byte> piece(std::clamp(static_cast<std::size_t>(file.size()), std::size_t{1}, kPieceBytes));
  Hasher hasher;
  Index done = 0;
  while (const std::size_t count = file.read(done, piece)) {
    hasher.add(std::span(piece).first(count));
    done += static_cast<Index>(count);
  }
  return hasher.hex();
}

}  // namespace monet::files
