#pragma once

#include "monet/autograd/tape.h"
#include "monet/graph/receptive_field.h"

namespace monet::autograd {

enum class Propagation {
  megcn,     // E^l = Â E^{l-1} + α E^{l-1}, result E^L (MONET Eq. 3)
  lightgcn,  // E^l = Â E^{l-1}, result the mean of layers 0..L
};

struct PropagateOptions {
  Propagation kind = Propagation::megcn;
  int layers = 2;
  float alpha = 1.0F;
  /// The paper's footnote 9, read as: the self term gets the same symmetric normalisation as an edge from the node to
  /// itself, α e_v / √(|N_v| |N_v|). Nodes without neighbours keep α e_v. Only for megcn.
  bool normalize_self = false;
  /// So many times E⁰ of the items is added to their result, in its last pass. Only for lightgcn.
  float item_residual = 0.0F;
};

struct Embeddings {
  Var users;  // [U, D]
  Var items;  // [I, D]
};

/// Propagates users [U, D] and items [I, D] over the graph; linear and symmetric, so its backward is the same operator.
/// 2·L·|E| gathers of a row each way, fewer with a field: rows of the outputs outside S_0 are then undefined, and the
/// rows of the outputs' gradients outside S_0 are not read. Inputs are read on S_L only; their gradients are written in
/// full. Without layers the inputs are the outputs, the items
/// with their residual. Throws InvalidArgument when shapes do not fit the graph, the
/// field's number of layers is another, a field is given without layers, or a residual to megcn.
Embeddings propagate(Tape& tape, const graph::Bipartite& graph, Var users, Var items, const PropagateOptions& options,
                     const graph::ReceptiveField* field);

}  // namespace monet::autograd
