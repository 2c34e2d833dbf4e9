#pragma once

#include "monet/core/csr.h"
#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"
#include "monet/models/output.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace monet::models::detail {

/// A sparse similarity of items to items [I, I]: row i says what a past item i adds to the score of others. The
/// diagonal is absent.
struct ItemSimilarity {
  Csr pattern;
  std::vector<float> values;
};

/// Similarity of row item i and column item j from what the users they share weigh together, > 0.
using Similarity = std::function<double(Index i, Index j, double shared)>;

/// similarity(i, j, Σ weight_u over the users u who have both i and j) for every pair of items that share a user.
/// `user_weights` [U], all > 0. With `neighbours` k > 0 each row keeps its k largest values, the lower item first where
/// they are equal; 0 keeps all.
///
/// Each row is one worker's, summed in float64 and in the order of the users, so the result does not depend on the
/// number of threads. Two passes of O(Σ |N_u|²), the first one to count, so that memory is the result's own and O(I)
/// for each worker: no dense items x items array.
ItemSimilarity item_similarity(ThreadPool& pool, const graph::Bipartite& graph, std::span<const double> user_weights,
                               const Similarity& similarity, Index neighbours);

/// 1 / n_u^exponent for each user, n_u being the number of their items: how likely a walk takes one of them. 1 for
/// users without items, whom no walk meets.
std::vector<double> steps_from_users(const graph::Bipartite& graph, double exponent);

/// The largest exponent of a number of interactions: the powers of any number stay within float64 and above zero.
inline constexpr double kLargestExponent = 3.0;

/// An output of kind item_similarity: scores are sums of `similarity` over the history.
Output similarity_output(std::shared_ptr<const ItemSimilarity> similarity, const graph::Bipartite& graph);

/// At most so many bytes does the similarity take: Σ |N_u|² entries, or `neighbours` for each item.
std::size_t similarity_bytes(const data::Dataset& dataset, Index neighbours);

}  // namespace monet::models::detail
