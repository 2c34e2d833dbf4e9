#pragma once

#include "monet/models/detail/cooccurrence.h"
#include "monet/models/detail/untrained.h"
#include "monet/models/shared_options.h"

#include <memory>

namespace monet::models {

/// P³α (Cooper et al., WWW 2014) with α = 1: where a walk of three steps from the user over the user–item graph ends.
/// With R the training interactions, n_i the users of item i and n_u the items of user u, a past item i leads to
/// candidate c with probability w_ic = Σ_u R_ui R_uc / (n_i n_u), that is W = D_i⁻¹ Rᵀ D_u⁻¹ R; w_ii = 0, and the score
/// of c is Σ_{i ∈ N_u} w_ic = x_u · W.
///
/// `neighbours` k > 0 keeps the k likeliest items after each past item (the rows of W), 0 all of them.
class P3Alpha final : public detail::Untrained {
 public:
  static constexpr std::string_view kName = "p3alpha";
  static constexpr bool kTrained = false;
  struct Options {
    Index neighbours = 0;  // likeliest items kept for each; 0: all
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
