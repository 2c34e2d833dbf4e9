#pragma once

#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/models/detail/adjacency.h"

#include <cstddef>
#include <span>

namespace monet::models::detail {

/// Frozen graphs over items [I, I]: row i lists what is near item i, so they are not symmetric.

/// What an item's k nearest weigh before normalising: 1 each, whatever the sign of their cosine, or their cosine where
/// it is above 0.
enum class NeighbourWeight { equal, cosine };

/// G_ij = w_ij / √(d_i d_j), d the row sums of w, of the k nearest rows j of row i of `features` [I, d_m] by cosine
/// (graph/knn.h), the item itself among them. 2 I² d_m operations. Throws as graph::cosine_neighbours.
NodeMatrix knn_item_graph(ThreadPool& pool, MatrixView<const float> features, Index neighbours, NeighbourWeight weight);

/// On the union of the patterns, both in O(Σ nnz): Σ_g weights_g G_g, and the largest value of those that have the
/// entry (values of the graphs here are above 0). Throw InvalidArgument for no graphs.
NodeMatrix weighted_union(std::span<const NodeMatrix> graphs, std::span<const float> weights);
NodeMatrix largest_union(std::span<const NodeMatrix> graphs);

/// Bytes of an entry of a NodeMatrix: two patterns, places, values both ways.
inline constexpr std::size_t kMatrixEntryBytes = 32;
/// At most so many bytes are held while the graphs of all modalities are made and merged, and `copies` of them after.
std::size_t knn_bytes(const data::Dataset& dataset, Index neighbours, Index copies);

}  // namespace monet::models::detail
