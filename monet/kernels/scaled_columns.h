#pragma once

#include "monet/core/matrix.h"
#include "monet/core/view.h"

#include <span>

namespace monet::kernels {

/// (x − center) ⊙ scale of each row of `features` [n, d], in float64. center [d], empty: 0; scale [d], or [1] for all
/// columns, empty: 1.
Matrix<float> scaled_columns(MatrixView<const float> features, std::span<const double> center,
                             std::span<const double> scale);

}  // namespace monet::kernels
