#pragma once

#include "monet/core/view.h"

#include <cstdint>

namespace monet::kernels {

/// Items whose codes lie together: [groups][kCodeItems][4], four dimensions of each item at a time.
inline constexpr Index kCodeItems = 16;
inline constexpr int kCodeZero = 128;  // the code of 0: codes are whole numbers in [1, 255]
/// Most dimensions: sums of products stay below 2^31 with `largest_step`.
inline constexpr Index kMostCodeColumns = Index{1} << 20;

/// Largest whole number that a vector for `columns` dimensions may hold, so that no sum overflows.
std::int32_t largest_step(Index columns) noexcept;

/// Whether vectors in bytes, whole numbers of at most kLargestByte, take half the time of those in words: this
/// processor multiplies bytes.
bool prefers_bytes() noexcept;
inline constexpr std::int32_t kLargestByte = 127;

/// Vectors in whole numbers: q_v ≈ steps[v] w_v, the first being the mean of the others (or the only one).
struct CodeVectors {
  Index count = 0;
  Index groups = 0;
  const std::int16_t* words = nullptr;    // [count, groups, 4] w_v, of each four dimensions the 1st, 3rd, 2nd, 4th
  const std::int8_t* bytes = nullptr;     // [count, groups, 4] the same in order, read in their place; null: too large
  const std::int32_t* offsets = nullptr;  // [count] kCodeZero Σ w_v
  const float* steps = nullptr;           // [count]
  float quarter = 0.0F;                   // 1/(4β), see code_bounds; 0 for a single vector
};

/// What a block of items is like.
struct CodeBlock {
  const std::uint8_t* codes = nullptr;  // [groups, kCodeItems, 4]
  const float* scales = nullptr;        // [kCodeItems]
  const float* prior = nullptr;         // [kCodeItems], or null: none
  const float* bases = nullptr;         // [vectors]: q_v·μ, of what the codes are differences to
  float error = 0.0F;                   // |t_v - q_v·x| of each item and vector is at most this
  float slack = 0.0F;                   // added to `upper`
};

/// Bounds of the scores of a block: with t_v = bases[v] + steps[v] scale (w_v·(codes - kCodeZero)), hi and lo over the
/// vectors but the mean, and E the error:
///   upper = min(hi + E, t_0 + E + (hi - lo + 2 E)² quarter) + slack + prior,   lower = t_0 - E + prior.
/// Rounding of these few operations belongs to E. Returns whether any `upper` reaches `least`.
bool code_bounds(const CodeBlock& block, const CodeVectors& vectors, float least, float* upper, float* lower) noexcept;

}  // namespace monet::kernels
