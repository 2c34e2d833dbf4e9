#pragma once

#include "monet/autograd/tape.h"

namespace monet::models::detail {

enum class Fusion { concat, sum, weighted_sum, fc };

/// Joins embeddings of several modalities (MONET's aggregator), the same way for users and items.
struct FusionVars {
  Fusion kind = Fusion::concat;
  Index slab_width = 0;  // d
  autograd::Var weight;  // weighted_sum: [1, n]; fc: [d, n·d]
  autograd::Var bias;    // fc: [1, d]
};

/// `slabs` [rows, k·d] holds k modalities side by side, `extra` [rows, d] one more, or is not valid; n = k (+ 1).
/// Result: concat [rows, n·d], which is `slabs` itself without `extra`; sum Σ e_m [rows, d]; weighted_sum Σ
/// softmax(w)_m e_m; fc W [e_1 ‖ … ‖ e_n] + b.
autograd::Var fuse(autograd::Tape& tape, const FusionVars& fusion, autograd::Var slabs, autograd::Var extra);

}  // namespace monet::models::detail
