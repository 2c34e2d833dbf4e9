#pragma once

#include "monet/core/thread_pool.h"
#include "monet/core/view.h"
#include "monet/eval/list_similarity.h"
#include "monet/eval/lists.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace monet::eval {

/// Features of the items that lists are looked at with. Views only.
struct NamedFeatures {
  std::string name;                  // "image"
  MatrixView<const float> features;  // [I, d]
};

/// What lists tell without anything to be found in them: every metric of the list in metrics.h that is beyond accuracy,
/// at every K. Takes lists a part at a time; does not depend on how they are parted, nor on the number of threads.
class BeyondAccuracy {
 public:
  /// `interactions` [I] are the training interactions of each item, of `num_users` users. Views must outlive this.
  /// Throws InvalidArgument for features of another number of items.
  BeyondAccuracy(ThreadPool& pool, std::span<const Index> ks, std::span<const float> interactions, Index num_users,
                 std::span<const NamedFeatures> features);

  /// Items within [0, I). O(K) for each list, and O(K d) for features of width d.
  void add(ThreadPool& pool, const Lists& lists);

  /// "coverage@20" → value. What is not defined is left out: all where every list is empty, similarity where none has
  /// two items. O(I log I) for each K.
  std::map<std::string, double> metrics() const;

 private:
  /// A metric that is a mean over users, at each K.
  struct Mean {
    std::string name;
    std::vector<double> sums;     // [ks]
    std::vector<Index> defined;   // [ks] users it is over
    std::vector<double> of_item;  // [I]; for a mean over the items of a list
  };

  void add_means(ThreadPool& pool, const Lists& lists, Mean& mean, const ListSimilarity* similarity) const;

  std::vector<Index> ks_;
  std::vector<std::vector<Index>> counts_;    // [ks][I] lists that hold the item
  std::vector<Mean> of_items_;                // by the rows of the list that are OfItem
  std::vector<Mean> of_pairs_;                // by those that are OfPairs, each modality
  std::vector<ListSimilarity> similarities_;  // of each of `of_pairs_`
};

}  // namespace monet::eval
