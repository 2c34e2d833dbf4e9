#pragma once

#include "monet/core/view.h"

#include <cstdint>
#include <span>

namespace monet::kernels {

/// Target-oriented scores ŷ^o of one user for a positive and a negative target (MONET Eq. 4–6).
struct TargetScores {
  float positive;
  float negative;
};

/// With s_k = e_c·e_k over the history k ∈ N_u and a = softmax(s): ŷ^o = Σ a_k s_k, for both targets in one pass over
/// the history. Leaves ∂ŷ^o/∂s_k = a_k (1 + s_k − ŷ^o) in the slopes.
///   items      [I, D]; history: item indices, at least one; positive, negative: rows of D floats;
///   exclude    an item left out of the positive's own attention, or −1; ignored when it is the whole history;
///   *_slope    history.size() entries plus `kSlopePadding` that are overwritten.
TargetScores target_attention(MatrixView<const float> items, std::span<const std::int32_t> history,
                              const float* positive, const float* negative, std::int32_t exclude, float* positive_slope,
                              float* negative_slope) noexcept;

/// Slopes are computed in whole vectors of up to this many floats.
inline constexpr Index kSlopePadding = 64;

/// Adds the gradient of `scale · (ŷ^o_positive − ŷ^o_negative)` over columns [col_begin, col_end): to grad_items for
/// each item of the history, and to the rows of the two targets. Bound by one gather and one update of a row per
/// history item.
void target_attention_backward(MatrixView<const float> items, std::span<const std::int32_t> history,
                               const float* positive, const float* negative, const float* positive_slope,
                               const float* negative_slope, float scale, Index col_begin, Index col_end,
                               MatrixView<float> grad_items, float* grad_positive, float* grad_negative) noexcept;

/// Dot product of two rows.
float dot(const float* a, const float* b, Index size) noexcept;
/// y[c] += scale · x[c] for c in [begin, end).
void add_scaled(float scale, const float* x, float* y, Index begin, Index end) noexcept;

/// ŷ^o in float64 from the definition: e_u^c = Σ a_k e_k, ŷ^o = e_u^c·e_c. For tests.
double target_attention_reference(MatrixView<const float> items, std::span<const std::int32_t> history,
                                  const float* target, std::int32_t exclude) noexcept;

}  // namespace monet::kernels
