#pragma once

#include "monet/models/model.h"
#include "monet/models/shared_options.h"

namespace monet::models {

/// Matrix factorisation trained by BPR (Rendle et al., UAI 2009): score e_u·e_i, no biases.
///
/// Parameters: `user_embedding.weight` [U, d], `item_embedding.weight` [I, d], Xavier-uniform.
class Mf final : public Model {
 public:
  static constexpr std::string_view kName = "mf";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;              // d
    float weight_decay = 1e-5F;  // λ
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  Mf(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  Output output(autograd::Tape& tape, Detail detail) override;
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
};

}  // namespace monet::models
