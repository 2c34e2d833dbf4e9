#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Values of the edges in each direction [nnz, 1], both in the order of the pattern of users.
struct EdgeValues {
  Var to_users;
  Var to_items;
};

struct EdgeAttention {
  EdgeValues attention;
  Embeddings content;
};

/// Attention over the edges of `user_items` [U, I] in both directions, and one pass of it. With s_ui = p_u·f_i,
///
///   a_{i→u} = softmax of s_u· over i ∈ N_u,  a_{u→i} = softmax of s_·i over u ∈ N_i,
///   C_u = p_u + Σ_i a_{i→u} f_i,  C_i = f_i + Σ_u a_{u→i} p_u;
///
/// p [U, c], f [I, c] of rows no longer than 1: no maximum is subtracted before the exponential. Gathers a row for each
/// edge, and one more for each that ends at an item of C; backward two for each edge and those of ȳ: the softmaxes'
/// gradients need Σ a (C̄_u·f_i) = C̄_u·(C_u - p_u) only (kernels/edge_attention.h).
///
/// With a field, only the rows of C in S_0 are computed, the others are undefined, and only those rows of its gradient
/// are read. The field must live as long as the tape is used. Throws InvalidArgument when the shapes do not fit.
EdgeAttention edge_attention(Tape& tape, const PatternPtr& user_items, Var users, Var items,
                             const graph::ReceptiveField* field);

}  // namespace monet::autograd
