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

/// Dot products of a user's row u with its two targets p and n, and their squared lengths.
struct TripletDots {
  float user_positive, user_negative;
  float user_user, positive_positive, negative_negative;
};
TripletDots triplet_dots(const float* user, const float* positive, const float* negative, Index size) noexcept;

/// Gradient of g · (u·p − u·n) + decay/2 · (‖u‖² + ‖p‖² + ‖n‖²) over columns [begin, end), added to the three rows'
/// gradients (which may be one and the same memory for p and n).
void triplet_backward(const float* user, const float* positive, const float* negative, float g, float decay,
                      Index begin, Index end, float* grad_user, float* grad_positive, float* grad_negative) noexcept;

/// ŷ^o in float64 from the definition: e_u^c = Σ a_k e_k, ŷ^o = e_u^c·e_c. For tests.
double target_attention_reference(MatrixView<const float> items, std::span<const std::int32_t> history,
                                  const float* target, std::int32_t exclude) noexcept;

}  // namespace monet::kernels
