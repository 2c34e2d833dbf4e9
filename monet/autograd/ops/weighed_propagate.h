#pragma once

#include "monet/autograd/ops/edge_attention.h"
#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

/// The sum of layers 0 to L of a propagation over weighed edges: Σ_l Wˡ x, where (W x)_t = Σ_s w_{s→t} x_s; x [U, d] and
/// [I, d], the weights of both directions in the order of `user_items`. Computed as y ← x + W y, L times. Gathers a row
/// for each edge, direction and layer, and as many backward (kernels/spmm_backward.h).
///
/// With a field, only the rows of the result in S_0 are computed, the others are undefined, and only those rows of its
/// gradient are read. The field must live as long as the tape is used. Throws InvalidArgument when the shapes do not fit
/// or for less than one layer.
Embeddings weighed_propagate(Tape& tape, const PatternPtr& user_items, EdgeValues weights, Embeddings start, int layers,
                             const graph::ReceptiveField* field);

}  // namespace monet::autograd
