#pragma once

#include "monet/graph/bipartite.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/model.h"

#include <cstdint>
#include <vector>

namespace monet::models::detail {

/// What formulas of a step's work (StepWork) speak of.

/// The different nodes of a batch, and their entries in the adjacency.
struct StepSizes {
  StepSizes(const graph::Bipartite& graph, const Batch& batch);

  Index nodes;                            // U + I
  Index items;                            // I
  double entries;                         // of A: both directions of each interaction
  Index batch_nodes = 0;                  // different nodes of the batch
  std::vector<std::int32_t> batch_items;  // its different items, ascending
  double batch_entries = 0.0;             // entries of A in the rows of its nodes

  Index num_batch_items() const { return static_cast<Index>(batch_items.size()); }
};

/// Rows of `width` that `layers` passes over D⁻¹ (A + I) gather, both ways, or passes over A for the mean of layers:
/// every layer passes over entries and each node's own row, the last one over those of the batch's nodes.
Gathers row_passes(const StepSizes& sizes, int layers, Index width);

/// Rows a step reads within a receptive field: the entries of each pass over the graph and its self-connections,
/// forward and backward; the batch's rows and the histories that attention reads (once forward; row and gradient
/// backward).
Index step_gathers(const graph::Bipartite& graph, const graph::ReceptiveField& field, Index history_entries,
                   Index batch_size);
/// Rows that a step of `layers` layers reads for a batch; shares as in graph::ReceptiveField. 0 for no layers.
double field_gathers(const graph::Bipartite& graph, int layers, bool histories, const Batch& batch, double dense_share,
                     double first_share);

/// Entries of a pattern in the different rows named.
double entries_of(const Csr& pattern, std::vector<std::int32_t> rows);

}  // namespace monet::models::detail
