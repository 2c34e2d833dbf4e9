#pragma once

#include "monet/models/detail/cooccurrence.h"
#include "monet/models/detail/untrained.h"
#include "monet/models/shared_options.h"

#include <memory>

namespace monet::models {

/// P³α (Cooper et al., WWW 2014): where a walk of three steps from the user over the user–item graph ends. With R the
/// training interactions, n_i the users of item i and n_u the items of user u, a past item i leads to candidate c by
/// w_ic = Σ_u R_ui R_uc / (n_i^a n_u^b); w_ii = 0, and the score of c is Σ_{i ∈ N_u} w_ic = x_u · W. The paper's α is
/// both exponents, a (`item_exponent`) of the step from the item to its users and b (`user_exponent`) of that from a
/// user to their items. With both 1, W = D_i⁻¹ Rᵀ D_u⁻¹ R holds probabilities. The first step, from the user to a past
/// item, has the same probability for all of them and is left out.
///
/// `neighbours` k > 0 keeps the k likeliest items after each past item (the rows of W), 0 all of them.
class P3Alpha final : public detail::Untrained {
 public:
  static constexpr std::string_view kName = "p3alpha";
  static constexpr bool kTrained = false;
  struct Options {
    Index neighbours = 0;        // likeliest items kept for each; 0: all
    double item_exponent = 1.0;  // a: of the number of users of a past item
    double user_exponent = 1.0;  // b: of the number of items of a user
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  P3Alpha(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  /// Computes the similarity the first time.
  Output output(autograd::Tape& tape, Detail detail) override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return false; }
  static void take_sizes(Options& /*options*/, const TensorShapes& /*parameters*/) {}
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  Options options_;
  const graph::Bipartite* graph_;
  ThreadPool* pool_;
  std::shared_ptr<const detail::ItemSimilarity> similarity_;
};

}  // namespace monet::models
