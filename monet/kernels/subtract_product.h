#pragma once

#include "monet/core/view.h"

namespace monet::kernels {

/// C -= A B in float64, on the calling thread: A [m, k], B [k, n], C [m, n], row-major with any stride; C overlaps
/// neither. Tiles of 6 rows and 4 (with 16 registers 2) vectors. 2 m n k operations, fast where B fits the second-level
/// cache: 128 rows of 128 columns.
void subtract_product(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> c) noexcept;

}  // namespace monet::kernels
