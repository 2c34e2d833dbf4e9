#include "monet/models/detail/row_dropout.h"

#include "monet/core/rng.h"

#include <algorithm>
#include <cmath>

namespace monet::models::detail {

namespace {

/// The next word of splitmix64 (Steele, Lea and Flood, 2014).
std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

}  // namespace

void RowDropout::mask(std::uint64_t seed, std::size_t table, Index row, std::span<float> to) const {
  const float kept = 1.0F / (1.0F - rate_);
  if (!given_.empty()) {
    const float* from = given_[table].row(row);
    for (std::size_t c = 0; c < to.size(); ++c) to[c] = from[c] * kept;
    return;
  }
  // Four elements of 16 bits a word of splitmix64, begun where an independent generator says.
  std::uint64_t at = Rng(seed, (static_cast<std::uint64_t>(row) << 8U) + table).next();
  const auto dropped_below = static_cast<std::uint32_t>(std::lround(static_cast<double>(rate_) * 65536.0));
  for (std::size_t c = 0; c < to.size(); c += 4) {
    std::uint64_t bits = splitmix(at);
    const std::size_t end = std::min(c + 4, to.size());
    for (std::size_t k = c; k < end; ++k, bits >>= 16U) {
      to[k] = kept * static_cast<float>((bits & 0xFFFFU) >= dropped_below);  // no branch: it would be guessed wrong
    }
  }
}

}  // namespace monet::models::detail
