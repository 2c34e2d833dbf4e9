#pragma once

#include "monet/autograd/ops/edge_attention.h"
#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

/// The sum of layers 0 to L of a propagation over weighed edges, of rows divided by their lengths first (at least
/// 1e-12): Σ_l Wˡ x̂, where (W x)_t = Σ_s w_{s→t} x_s; x [U, d] and [I, d]. Computed as y ← x̂ + W y, L times, without
/// ever writing x̂. Gathers a row for each edge, direction and layer, and as many backward (kernels/spmm_backward.h).
///
/// With a field, only the rows of the result in S_0 are computed, the others are undefined, and only those rows of its
/// gradient are read. The field must live as long as the tape is used. Throws InvalidArgument when the shapes do not
/// fit or for less than one layer.
Embeddings weighed_propagate(Tape& tape, const PatternPtr& item_users, EdgeValues weights, Embeddings x, int layers,
                             const graph::ReceptiveField* field);

}  // namespace monet::autograd
