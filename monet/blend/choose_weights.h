#pragma once

#include "monet/blend/weight_grid.h"
#include "monet/core/csr.h"
#include "monet/core/thread_pool.h"
#include "monet/eval/significance.h"
#include "monet/scoring/scoring.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace monet::blend {

/// Weights that were tried, and the mean of the metric over the users with a target.
struct Trial {
  Weights weights;
  double value = 0.0;
};

/// What the search for weights has found.
struct WeightSearch {
  std::string metric;          // "recall@20"
  std::vector<Trial> alone;    // each part by itself
  std::vector<Trial> blends;   // in the order tried
  std::size_t best_alone = 0;  // the first of largest value
  std::size_t best_blend = 0;
  Index num_users = 0;

  /// Whether blending gains more than choosing among so many weights would by luck: the users are halved (every other
  /// one), each half is given the best blend and the best single part of the other half, and the two are compared
  /// user by user. `gain` is the mean difference, `test` its paired t-test.
  double gain = 0.0;
  eval::Significance test;

  bool gains() const { return gain > 0.0 && test.p < 0.05; }
};

/// Tries `candidates` as weights of `blend.parts` (`blend.weights` are not read) by a metric of hits such as
/// "recall@20" on `targets` [U, I], the validation items, as eval::evaluate has it. Each part scores each user once;
/// the parts' rows of a block of users stay in memory (64 MB for each part) while all weights are tried on them. A
/// trial costs O(I) for each user, less where the targets stand far down. Throws as eval::evaluate, InvalidArgument for
/// no candidates or a metric that is not of hits.
WeightSearch choose_weights(ThreadPool& pool, const scoring::Scoring& blend, CsrView targets,
                            std::span<const Weights> candidates, const std::string& metric = "recall@20");

}  // namespace monet::blend
