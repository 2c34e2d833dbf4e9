#pragma once

#include "monet/core/thread_pool.h"
#include "monet/recommend/recommender.h"
#include "monet/retrain/grown.h"

namespace monet::retrain {

/// Two artifacts on what users did next. Recall is the share of users whose held-out item is among the first k.
struct Comparison {
  Index k = 20;
  Index users = 0;
  double in_use = 0.0;
  double candidate = 0.0;
  double standard_error = 0.0;  // of the difference, from user to user

  /// Whether the candidate's recall is at least (1 - margin) times that of the artifact in use.
  bool not_worse(double margin) const { return candidate >= (1.0 - margin) * in_use; }
};

/// Lists as a server would give them just before the held-out event: to each artifact a user is who she is there, with
/// all her training items of `grown` that it does not know, folded in; items that the artifact does not know are left
/// out. Users whose held-out item `in_use` was trained on are left out, too. Throws DataError where no user remains.
Comparison compare(ThreadPool& pool, const recommend::Recommender& in_use, const recommend::Recommender& candidate,
                   const Grown& grown, Index k = 20);

}  // namespace monet::retrain
