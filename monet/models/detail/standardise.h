#pragma once

#include "monet/core/matrix.h"

namespace monet::models::detail {

/// Columns of mean 0 and deviation 1: (x − mean) / (deviation + 1e-8), the deviation with the divisor I − 1, over all
/// rows of `features` [I, d_m]. A column of one value becomes 0. Sums in float64.
Matrix<float> standardised(MatrixView<const float> features);
/// `features` over the mean length of their rows: differences between columns and rows stay.
Matrix<float> of_mean_length(MatrixView<const float> features);

}  // namespace monet::models::detail
