#pragma once

#include "monet/graph/bipartite.h"
#include "monet/models/output.h"

namespace monet::models::detail {

/// Gives an output the history of the graph, and the training interactions of each item as its popularity.
void add_history(Output& output, const graph::Bipartite& graph);

/// An output of kind dot: final embeddings [U, D] and [I, D], which it has been given to keep, and the history.
void add_dot_scoring(Output& output, MatrixView<const float> users, MatrixView<const float> items,
                     const graph::Bipartite& graph);
/// From a table of all nodes [U + I, D] on the tape, users first.
void add_dot_scoring(Output& output, autograd::Tape& tape, autograd::Var nodes, const graph::Bipartite& graph);

}  // namespace monet::models::detail
