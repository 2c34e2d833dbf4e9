#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/tape.h"
#include "monet/graph/bipartite.h"

#include <optional>

namespace monet::models::detail {

/// What each item gives to a user who was not there in training: with e_u^0 = 0, e_u = |N_u|^(-1/2) Σ_{i∈N_u} f_i,
/// where
///   megcn:    f_i = Σ_{l<L} α^(L-1-l) e_i^l / √max(|N_i|, 1)
///   lightgcn: f_i = Σ_{l<L} e_i^l / ((L+1) √max(|N_i|, 1))
/// and e_i^l are the item layers of the trained graph (the newcomer's effect on others is left out). `users` [U, D] and
/// `items` [I, D] are layer 0 → [I, D] on the tape; zeros for L = 0. Nothing when a user's self-connection depends on
/// how many items they have (a normalised self-connection over two or more layers): no vector per item can say that.
/// Costs max(L-1, 0) whole passes over the graph.
std::optional<autograd::Var> item_foldin(autograd::Tape& tape, const graph::Bipartite& graph, autograd::Var users,
                                         autograd::Var items, const autograd::PropagateOptions& options);

}  // namespace monet::models::detail
