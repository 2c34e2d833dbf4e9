#pragma once

#include "monet/core/view.h"

#include <span>

namespace monet::kernels {

/// 1 / max(‖x_r‖₂, 1e-12) of each row of x [n, d]; out has n entries. One pass over x.
void inverse_norms(MatrixView<const float> x, std::span<float> out) noexcept;

}  // namespace monet::kernels
