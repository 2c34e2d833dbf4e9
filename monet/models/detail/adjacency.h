#pragma once

#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"
#include "monet/core/matrix.h"
#include "monet/graph/bipartite.h"
#include "monet/models/shared_options.h"

namespace monet::models::detail {

/// A square matrix without gradient: over users and items together, [U + I, U + I], users first, or over items [I, I].
struct NodeMatrix {
  autograd::PatternPtr pattern;
  Matrix<float> values;      // [nnz, 1] in the order of pattern->csr
  Matrix<float> transposed;  // in that of pattern->transposed

  autograd::ConstantMatrix constant() const;
};

/// D⁻¹ (A + I) (row_self_loops, D = degree + 1), or D^(-1/2) A D^(-1/2) without self-loops. O(|E|).
NodeMatrix node_adjacency(const graph::Bipartite& graph, Adjacency kind);
/// D⁻¹ A: the mean over neighbours; a node without neighbours has an empty row. O(|E|).
NodeMatrix node_mean(const graph::Bipartite& graph);

}  // namespace monet::models::detail
