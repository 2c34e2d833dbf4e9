#pragma once

#include "monet/core/view.h"

#include <vector>

namespace monet::data {

/// Which rows of features say something of their own item. Rows that were filled in say nothing: all zero, or the mean
/// of all rows, which is also the mean of those that are no filler.
struct OwnRows {
  std::vector<char> own;  // [I]; 1: neither
  Index zero = 0;
  Index at_mean = 0;
};

/// Looks at the rows themselves, so it does not matter who filled them. A row is the mean when it is a thousand times
/// nearer to it than rows are on average (float16 rounds less). Of a single column every number may be its item's own.
/// O(size), two passes.
OwnRows own_rows(MatrixView<const float> features);

}  // namespace monet::data
