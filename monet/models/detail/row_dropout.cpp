#include "monet/models/detail/row_dropout.h"

#include "monet/core/rng.h"

#include <cmath>

namespace monet::models::detail {

void RowDropout::mask(std::uint64_t seed, std::size_t table, Index row, std::span<float> to) const {
  const float kept = 1.0F / (1.0F - rate_);
  if (!given_.empty()) {
    const float* from = given_[table].row(row);
    for (std::size_t c = 0; c < to.size(); ++c) to[c] = from[c] * kept;
    return;
  }
  // Two elements a draw, 32 bits each.
  Rng rng(seed, (static_cast<std::uint64_t>(row) << 8U) + table);
  const auto dropped_below = static_cast<std::uint64_t>(std::ldexp(static_cast<double>(rate_), 32));
  for (std::size_t c = 0; c < to.size(); c += 2) {
    const std::uint64_t bits = rng.next();
    to[c] = (bits >> 32U) < dropped_below ? 0.0F : kept;
    if (c + 1 < to.size()) to[c + 1] = (bits & 0xFFFFFFFFU) < dropped_below ? 0.0F : kept;
  }
}

}  // namespace monet::models::detail
