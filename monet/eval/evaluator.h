#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/eval/beyond_accuracy.h"
#include "monet/rank/rank.h"
#include "monet/rank/score_tiles.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace monet::eval {

struct EvaluateOptions {
  std::vector<Index> ks = {10, 20};
  /// Patterns [U, I] whose items are no candidates, beside the history: the validation split at test, if asked for.
  std::vector<CsrView> masks;
  bool auc = false;
  bool per_user = false;
  rank::TileOptions tiles;
  /// Also the metrics beyond accuracy, from the lists of all evaluated users.
  bool beyond_accuracy = false;
  /// With it: the features by which the items of a list are alike or not.
  std::vector<NamedFeatures> features;
};

struct Evaluation {
  /// "recall@20" → plain mean over the users, for every metric of accuracy in metrics.h at every K; "auc" if asked for,
  /// and with `beyond_accuracy` "coverage@20", "ils.image@20", … as far as they are defined (beyond_accuracy.h).
  std::map<std::string, double> metrics;
  Index num_users = 0;    // users with at least one target
  Index num_popular = 0;  // of these, users without history, who got popularity
  Index num_auc = 0;      // users whose AUC is defined

  // With `per_user`: the values of each user in the metrics of accuracy, columns named by `names`; an AUC that is not
  // defined is NaN.
  std::vector<std::int32_t> users;  // ascending
  std::vector<std::string> names;
  Matrix<double> per_user;
};

/// Ranks all items for every user with a row in `targets` [U, I] (the validation or test items) and averages the
/// metrics. The history is masked, targets of any other split are not. A target that is masked counts as not found.
/// Sums are in double and in the order of the users: the result does not depend on the number of threads. Throws as
/// rank::rank, InvalidArgument for a K < 1 or `targets` of another shape, DataError when no user has a target.
Evaluation evaluate(ThreadPool& pool, const scoring::Scoring& scoring, CsrView targets,
                    const EvaluateOptions& options = {});

/// The metrics of accuracy of lists that were made another way: row r of `ranking` is that of users[r], who all have a
/// target.
Evaluation evaluate_lists(ThreadPool& pool, const rank::Ranking& ranking, std::span<const std::int32_t> users,
                          CsrView targets, const std::vector<Index>& ks);

}  // namespace monet::eval
