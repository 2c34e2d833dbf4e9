#pragma once

#include "monet/core/thread_pool.h"
#include "monet/core/view.h"

namespace monet::eval {

struct Directions;

/// Rows whose direction another row has too, once what all rows have in common is taken away.
struct NearDuplicates {
  Index compared = 0;    // rows that were compared with all others
  Index found = 0;       // of those, how many have another row that is nearly the same
  Index candidates = 0;  // rows that could have been compared
  Index at_mean = 0;  // rows that are (nearly) the mean of all, or zero: without a direction of their own, not compared
};

/// Compares rows of `features` [n, d], minus their mean, by cosine: at `threshold` and above they count as nearly the
/// same. All rows with all where that is at most `budget` multiplications (twice n² d), otherwise every so many rows,
/// evenly spread, with all others. O(d) memory for each of the compared. Does not depend on the number of threads.
NearDuplicates near_duplicates(ThreadPool& pool, MatrixView<const float> features, double threshold = 0.999,
                               double budget = 5e10);
/// The same of rows whose directions are known.
NearDuplicates near_duplicates(ThreadPool& pool, const Directions& rows, double threshold = 0.999,
                               double budget = 5e10);

}  // namespace monet::eval
