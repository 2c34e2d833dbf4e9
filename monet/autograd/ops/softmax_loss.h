#pragma once

#include "monet/autograd/tape.h"

#include <cstdint>
#include <limits>
#include <span>

namespace monet::autograd {

/// A query and the key that it should find.
struct QueryTarget {
  std::int32_t query = 0;  // a row of the queries
  std::int32_t key = 0;    // a row of the keys
};

/// What the products of softmax_loss are made of.
enum class SoftmaxProducts { f32, bf16 };

/// Exponentials that softmax_loss holds at a time: 16 MB.
inline constexpr Index kSoftmaxFloats = Index{1} << 22;
inline constexpr Index kAllKeys = std::numeric_limits<Index>::max();

/// Mean over the B pairs (q, t) of logsumexp_k(ℓ_qk) − ℓ_qt with ℓ_qk = factor · x_q·y_k + b_k → [1, 1]: the softmax
/// loss (cross-entropy) over all keys. `queries` x [R, D], `keys` y [K, D], `bias` b [K, 1] or not valid: none. A query
/// may stand in several pairs, and its logits are computed once for all of them; one in none costs its products and
/// counts for nothing, and so does a key from row `competing` on. With such rows problems of many sizes can have few
/// shapes, each of which oneDNN compiles anew.
///
/// Three products of 2 R K D operations, two of them for the gradients, which are made with the value (with p the
/// softmax of a query's row and n_q its pairs): ∂/∂ℓ_qk = (n_q p_qk − #{pairs (q, k)}) / B. Of the [R, K] exponentials
/// a block of rows is in memory at a time, at most `floats`, but 32 rows for each worker. `pairs` is copied. Losses are
/// summed in float64 and in the order of the pairs.
///
/// With products of bfloat16, x, y and exponentials are rounded to 8 bits where they are multiplied (the sums are of
/// float32, and so are the logits of the pairs themselves and the sums of exponentials): a gradient is then off by half
/// a percent of its largest entry, for 0.6 of the time where the processor multiplies bfloat16. Throws InvalidArgument
/// when shapes do not fit, a pair names a row that is not there or a key that does not compete, or there is no pair.
Var softmax_loss(Tape& tape, Var queries, Var keys, Var bias, std::span<const QueryTarget> pairs, float factor,
                 Index floats = kSoftmaxFloats, Index competing = kAllKeys,
                 SoftmaxProducts products = SoftmaxProducts::f32);

}  // namespace monet::autograd
