#pragma once

#include "monet/core/view.h"
#include "monet/kernels/bfloat16.h"

#include <span>

namespace monet::kernels {

/// Where the softmax of some rows stands after some of their columns: the exponentials of a row so far are
/// exp(logit − shift), and `sum` is their sum. A row without columns has shift −3.4e38 and sum 0.
struct SoftmaxState {
  std::span<float> shift;  // [n]
  std::span<float> sum;    // [n]

  void reset() const noexcept;
};

/// One more piece of the columns of rows that are never held as logits whole. `rows` [n, ≥ first + count] holds
/// exponentials in columns [0, first) and products x in [first, first + count); these become exp(factor · x + bias −
/// shift), `bias` (`count` entries, or empty: 0) being the columns'. The shift is the largest logit of the first piece;
/// a later piece whose logits pass it by so much that sums could overflow moves it, and rescales what was there.
/// Exponentials far below the shift are 0. Milakov and Gimelshein, "Online normalizer calculation for softmax" (2018).
void add_softmax_columns(MatrixView<float> rows, Index first, Index count, float factor, std::span<const float> bias,
                         const SoftmaxState& state) noexcept;

/// sums[c] += Σ_r weights[r] · x(r, c), c < x.cols.
void add_weighted_column_sums(MatrixView<const float> x, std::span<const float> weights,
                              std::span<float> sums) noexcept;
void add_weighted_column_sums(MatrixView<const BFloat16> x, std::span<const float> weights,
                              std::span<float> sums) noexcept;

}  // namespace monet::kernels
