#pragma once

#include "monet/core/view.h"

#include <span>

namespace monet {

/// Σ x² in double. Four sums, as one alone would wait for each addition.
template <class T>
double square_norm(std::span<const T> row) {
  double sums[4] = {0.0, 0.0, 0.0, 0.0};
  std::size_t c = 0;
  for (; c + 4 <= row.size(); c += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += static_cast<double>(row[c + k]) * static_cast<double>(row[c + k]);
  }
  for (; c < row.size(); ++c) sums[0] += static_cast<double>(row[c]) * static_cast<double>(row[c]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace monet
