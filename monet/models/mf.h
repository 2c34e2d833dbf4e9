#pragma once

#include "monet/models/detail/softmax_head.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <optional>

namespace monet::models {

/// Matrix factorisation trained by BPR (Rendle et al., UAI 2009): score e_u·e_i, no biases; or by
/// the softmax over items (detail/softmax_head.h), λ then weighing ½ (‖e_u‖² + ‖e_i‖²) of the batch's pairs.
///
/// Parameters: `user_embedding.weight` [U, d], `item_embedding.weight` [I, d], Xavier-uniform; `item_bias`
/// [I, 1] of the softmax.
class Mf final : public Model {
 public:
  static constexpr std::string_view kName = "mf";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;              // d
    float weight_decay = 1e-5F;  // λ
    RankingLossKind loss = RankingLossKind::bpr;
    ScoreSimilarity similarity = ScoreSimilarity::dot;
    float temperature = 0.2F;  // τ
    bool item_bias = false;
    Index candidates = 0;  // 0: all
    Denominator denominator = Denominator::trained;
    SoftmaxDtype softmax_dtype = SoftmaxDtype::automatic;
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  Mf(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  Output output(autograd::Tape& tape, Detail detail) override;
  std::span<const double> popularity_weights() const override;
  StepWork step_work(const Batch& batch) const override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return false; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  std::optional<detail::SoftmaxHead> softmax_;
};

}  // namespace monet::models
