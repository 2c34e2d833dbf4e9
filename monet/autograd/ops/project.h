#pragma once

#include "monet/autograd/tape.h"
#include "monet/graph/receptive_field.h"
#include "monet/kernels/gemm.h"

#include <span>

namespace monet::autograd {

/// One modality's frozen features and the map that is learned. Either the float32 or the bfloat16 features are given; a
/// transposed copy ([d_m, I]) is optional and makes the weight gradient faster.
struct ProjectedModality {
  MatrixView<const float> features;  // X_m [I, d_m]
  Var weight;                        // W_m [d, d_m]
  Var bias;                          // b_m [1, d]
  MatrixView<const kernels::BFloat16> features_bf16;
  MatrixView<const float> features_transposed;
  MatrixView<const kernels::BFloat16> features_bf16_transposed;
};

/// Item start of all modalities side by side (MONET Eq. 2): slab m of the output [I, Σ d] is P_m = X_m W_mᵀ + b_m, each
/// row of a slab divided by max(‖·‖₂, 1e-12) when `normalize`. A valid `tail` [I, w] is appended unchanged as the last
/// columns. With `rows`, only those rows are computed, the others are undefined, and only those rows of the gradient
/// are read. 2·I·Σd_m·d operations, and as many for the weight gradient. Throws InvalidArgument when shapes do not fit.
Var project(Tape& tape, std::span<const ProjectedModality> modalities, bool normalize, Var tail,
            const graph::RowSet* rows);

}  // namespace monet::autograd
