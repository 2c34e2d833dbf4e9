#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Values of the edges in each direction [nnz, 1], both in the order of the pattern of items [I, U].
struct EdgeValues {
  Var to_users;
  Var to_items;
};

struct EdgeAttention {
  EdgeValues attention;
  Embeddings content;
};

/// Attention over the edges in both directions, and one pass of it. For rows p of users [U, c] and f of items [I, c],
/// which are divided by their lengths first (p̂, f̂; at least 1e-12), and s_ui = p̂_u·f̂_i,
///
///   a_{i→u} = softmax of s_u· over i ∈ N_u,  a_{u→i} = softmax of s_·i over u ∈ N_i,
///   C_u = p̂_u + Σ_i a_{i→u} f̂_i,  C_i = f̂_i + Σ_u a_{u→i} p̂_u.
///
/// Gathers a row for each edge, and one more for each that ends at a user of C; backward two for each edge and each of
/// C's (kernels/edge_attention.h). Neither p̂ nor f̂ are ever written.
///
/// With a field, only the rows of C in S_0 are computed, the others are undefined, and only those rows of its gradient
/// are read. The field must live as long as the tape is used. Throws InvalidArgument when the shapes do not fit.
EdgeAttention edge_attention(Tape& tape, const PatternPtr& item_users, Var users, Var items,
                             const graph::ReceptiveField* field);

}  // namespace monet::autograd
