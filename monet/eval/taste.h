#pragma once

#include "monet/core/csr.h"
#include "monet/core/thread_pool.h"
#include "monet/core/view.h"
#include "monet/eval/analyses.h"

#include <cstdint>

namespace monet::eval {

struct Directions;

/// How well nearness in a modality's features finds a user's items. One item of the user is held out, and compared with
/// items that the user has not touched by the cosine to the mean of the user's other items, all as unit vectors from
/// the mean of all items. Its share of wins, a tie counting half, is the area under the ROC curve: 0.5 by chance, 1
/// when the held-out item always wins. Mean over users; the standard error is of that mean.
struct Taste {
  Estimate others;      // against items of other users, of which each has one alone: popularity wins nothing here
  Estimate catalogue;   // against any items: features that tell popular items from others gain by it
  Index users = 0;      // that this is over
  Index all_users = 0;  // that have two items or more with features of their own; more than `users`: a sample
};

/// What may be spent.
struct TasteBudget {
  Index users = 10'000;
  double products = 2e9;      // of two numbers: fewer users where rows are wide
  std::uint64_t seed = 1201;  // of users, held-out items and those they are compared with
};

/// `features` [I, d], `train` [U, I]. Of each user at most 5 items are held out, at most 200 make up the mean, and 64
/// of either kind are compared with. Rows without features of their own (data/own_rows.h) take no part. All zero where
/// fewer than two users can be measured. O(nnz + size + budget); does not depend on the number of threads.
Taste measure_taste(ThreadPool& pool, MatrixView<const float> features, CsrView train, const TasteBudget& budget = {});
/// The same of rows whose directions are known.
Taste measure_taste(ThreadPool& pool, const Directions& rows, CsrView train, const TasteBudget& budget = {});

}  // namespace monet::eval
