#pragma once

#include "monet/core/view.h"

#include <span>

namespace monet::kernels {

/// Rows shorter than this are divided by it instead of by their norm, as published code does.
inline constexpr float kNormFloor = 1e-12F;

/// out_r = z_r / max(‖z_r‖₂, 1e-12) and inverse_norm_r = that factor. z and out are [n, d] and may be the same view;
/// inverse_norm has n entries.
void normalize_rows(MatrixView<const float> z, MatrixView<float> out, std::span<float> inverse_norm) noexcept;

/// The gradient through normalize_rows, from its output: dz_r = (g_r − (g_r·out_r) out_r) · inverse_norm_r (a row at
/// the floor is scaled only). dz may be g. Also adds Σ_r dz_r to `column_sum` (d entries, the gradient of a bias)
/// unless it is empty.
void normalize_rows_backward(MatrixView<const float> out, std::span<const float> inverse_norm,
                             MatrixView<const float> g, MatrixView<float> dz, std::span<float> column_sum) noexcept;

/// z_r += bias for every row, in place.
void add_bias(MatrixView<float> z, std::span<const float> bias) noexcept;

/// z_r + bias, normalised into `out` (normalize_rows after add_bias in one pass over z).
void bias_normalize_rows(MatrixView<const float> z, std::span<const float> bias, MatrixView<float> out,
                         std::span<float> inverse_norm) noexcept;

/// Adds the rows of z to `sum` (z.cols entries).
void add_column_sums(MatrixView<const float> z, std::span<float> sum) noexcept;

}  // namespace monet::kernels
