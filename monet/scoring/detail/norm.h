#pragma once

#include "monet/core/view.h"

namespace monet::scoring::detail {

/// Σ row[c]² in double. Four sums, as one alone would wait for each addition.
inline double square_norm(const float* row, Index width) {
  double sums[4] = {0.0, 0.0, 0.0, 0.0};
  Index c = 0;
  for (; c + 4 <= width; c += 4) {
    for (Index k = 0; k < 4; ++k) sums[k] += static_cast<double>(row[c + k]) * static_cast<double>(row[c + k]);
  }
  for (; c < width; ++c) sums[0] += static_cast<double>(row[c]) * static_cast<double>(row[c]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace monet::scoring::detail
