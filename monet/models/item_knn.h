#pragma once

#include "monet/models/detail/cooccurrence.h"
#include "monet/models/detail/untrained.h"
#include "monet/models/shared_options.h"

#include <memory>

namespace monet::models {

/// Neighbourhood model of items (Deshpande and Karypis, TOIS 2004) with the cosine of their columns: with n_u the items
/// of user u, c_ij = Σ n_u^−e over the users of both i and j, and c_ii the same over the users of i, w_ij = c_ij /
/// (√(c_ii c_jj) + shrink), w_ii = 0, and the score of a candidate c is Σ_{i ∈ N_u} w_ic. With `user_exponent` e 1
/// users' rows have length 1; with 0 a user with a thousand items says as much of a pair as one with two.
///
/// `content`: w_ij is the mean over the modalities of the cosine of features minus their mean, where that is positive
/// and among the k largest of row i (100 for `neighbours` 0). A baseline for items that nobody has touched.
///
/// `neighbours` k > 0 keeps the k items most similar to each past item (the rows of w), 0 all of them; `shrink` takes
/// from similarities that rest on few users.
class ItemKnn final : public detail::Untrained {
 public:
  static constexpr std::string_view kName = "itemknn";
  static constexpr bool kTrained = false;
  struct Options {
    Index neighbours = 0;  // similarities kept for each item; 0: all
    double shrink = 20.0;  // good on six sets by validation (docs/benchmarks.md)
    double user_exponent = 1.0;
    bool content = false;  // similarity of features in place of interactions
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain, and for `content`
  /// without features.
  ItemKnn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  /// Computes the similarity the first time.
  Output output(autograd::Tape& tape, Detail detail) override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& options) { return options.content; }
  static void take_sizes(Options& /*options*/, const TensorShapes& /*parameters*/) {}
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  detail::ItemSimilarity content_similarity() const;

  Options options_;
  const data::Dataset* dataset_;
  const graph::Bipartite* graph_;
  ThreadPool* pool_;
  std::shared_ptr<const detail::ItemSimilarity> similarity_;
};

}  // namespace monet::models
