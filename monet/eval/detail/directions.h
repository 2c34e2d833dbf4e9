#pragma once

#include "monet/core/view.h"

#include <vector>

namespace monet::eval {

/// Rows of features as unit vectors from their mean: what all items have in common is no likeness.
struct Directions {
  MatrixView<const float> features;
  std::vector<float> mean;   // of the rows that say something of their own item (data/own_rows.h)
  std::vector<float> scale;  // by row: 1 / length of the row minus the mean; 0 where it has no direction
  std::vector<Index> rows;   // that have one
  std::vector<char> own;     // by row; 1: it says something of its own item

  bool has(Index r) const { return scale[static_cast<std::size_t>(r)] > 0.0F; }
  /// Row `r` as a unit vector, `features.cols` numbers.
  void unit(Index r, float* out) const;
};

/// O(size). `features` must outlive the result.
Directions directions(MatrixView<const float> features);

}  // namespace monet::eval
