#pragma once

#include "monet/core/csr.h"
#include "monet/core/rng.h"
#include "monet/core/thread_pool.h"
#include "monet/core/view.h"

#include <span>
#include <vector>

namespace monet::eval {

/// A mean and how sure it is.
struct Estimate {
  double mean = 0.0;
  double standard_error = 0.0;  // 0: exact
  Index pairs = 0;              // ordered pairs it is over
};

/// MONET Eq. 1, how far the learned item embeddings of a modality have moved from its features: the mean over ordered
/// pairs i ≠ j of |cos(x_i, x_j) − cos(e_i, e_j)|. `features` [I, d_m], `embeddings` [I, d]. Items of which either is
/// all zero have no cosine; their pairs are left out. Exact: I² (d_m + d) operations in tiles, O(tile) memory, the same
/// for any number of threads. Throws InvalidArgument when the numbers of rows differ, DataError when fewer than two
/// items are left.
Estimate average_difference(ThreadPool& pool, MatrixView<const float> features, MatrixView<const float> embeddings);

/// The same from `samples` >= 2 ordered pairs drawn uniformly. O(samples (d_m + d)).
Estimate average_difference_sampled(Rng& rng, Index samples, MatrixView<const float> features,
                                    MatrixView<const float> embeddings);

/// Similarity of a user's items among themselves and to all others (Figure 1).
struct UserSimilarity {
  double interacted = 0.0;     // I-I: mean cosine over pairs of different items of the user, mean over users
  double others = 0.0;         // I-N: mean cosine of the user's items with all other items, mean over users
  Index interacted_users = 0;  // users with at least two items
  Index others_users = 0;      // users with at least one item and one other
  std::vector<double> per_user_interacted;  // [U]; NaN where it is not defined
  std::vector<double> per_user_others;
};

/// `features` [I, d]; a user's items are the union of the rows of `interactions` (each [U, I]). All-zero rows are left
/// out. A sum of unit vectors gives the sum of their cosines, so this costs O(nnz d), not O(nnz I d). Throws
/// InvalidArgument for shapes that do not fit.
UserSimilarity user_similarity(ThreadPool& pool, MatrixView<const float> features,
                               std::span<const CsrView> interactions);

}  // namespace monet::eval
