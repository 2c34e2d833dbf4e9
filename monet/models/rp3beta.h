#pragma once

#include "monet/models/detail/cooccurrence.h"
#include "monet/models/detail/untrained.h"
#include "monet/models/shared_options.h"

#include <memory>

namespace monet::models {

/// RP³β (Paudel et al., TiiS 2016): the walk of three steps with a popular candidate weighed down. With R the training
/// interactions, n_i the users of item i and n_u the items of user u, a past item i leads to candidate c by
/// w_ic = Σ_u R_ui R_uc / (n_i^α n_u^α n_c^β); w_ii = 0, and the score of c is Σ_{i ∈ N_u} w_ic. With β 0 it is the
/// walk alone.
///
/// `neighbours` k > 0 keeps the k largest weights of each past item (the rows of W), 0 all of them.
class Rp3Beta final : public detail::Untrained {
 public:
  static constexpr std::string_view kName = "rp3beta";
  static constexpr bool kTrained = false;
  struct Options {
    Index neighbours = 0;  // likeliest items kept for each; 0: all
    double alpha = 1.0;    // exponent of the walk's two degrees
    double beta = 0.6;     // exponent of the candidate's number of users
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  Rp3Beta(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

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
