#pragma once

#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/eval/significance.h"

#include <string>
#include <vector>

namespace monet::experiments {

/// Figure 1 for one modality. Means are over the users for whom each is defined; tests are over those for whom both
/// are, paired.
struct ModalitySimilarity {
  std::string modality;
  double interacted = 0.0;      // I-I
  double not_interacted = 0.0;  // I-N
  Index users = 0;              // with both
  eval::Significance t;
  eval::Significance wilcoxon;
  // How many of those users lie in each bin.
  std::vector<double> edges;
  std::vector<Index> interacted_counts;
  std::vector<Index> not_interacted_counts;

  /// By how much I-I is above I-N, in percent of I-N, as the paper states it.
  double excess_percent() const { return 100.0 * (interacted / not_interacted - 1.0); }
};

/// Are the items of a user more like each other than like the rest? Interactions of all splits together, as in the
/// paper. Throws DataError when the dataset has no features, or fewer than two users have two items.
std::vector<ModalitySimilarity> analyze_similarity(ThreadPool& pool, const data::Dataset& dataset, int bins = 20);

}  // namespace monet::experiments
