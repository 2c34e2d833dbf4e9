#include "monet/models/detail/row_dropout.h"

#include "monet/core/rng.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

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
  // Elements of 16 bits, four a word of splitmix64, begun where an independent generator says.
  std::uint64_t at = Rng(seed, (static_cast<std::uint64_t>(row) << 8U) + table).next();
  const auto dropped_below = static_cast<std::int32_t>(std::lround(static_cast<double>(rate_) * 65536.0));
  std::array<std::uint16_t, 64> some{};
  for (std::size_t first = 0; first < to.size(); first += some.size()) {
    const std::size_t count = std::min(some.size(), to.size() - first);
    for (std::size_t k = 0; k < count; k += 4) {
      const std::uint64_t word = splitmix(at);
      std::memcpy(some.data() + k, &word, sizeof(word));
    }
    float* const out = to.data() + first;
    // Without a branch, which would be guessed wrong.
    for (std::size_t k = 0; k < count; ++k) out[k] = std::int32_t{some[k]} < dropped_below ? 0.0F : kept;
  }
}

}  // namespace monet::models::detail
