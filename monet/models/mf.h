#pragma once

#include "monet/autograd/tape.h"
#include "monet/models/model.h"

namespace monet::models {

/// Matrix factorisation trained by BPR (Rendle et al., UAI 2009): score e_u·e_i, no biases.
///
/// Parameters: `user_embedding.weight` [U, d], `item_embedding.weight` [I, d], Xavier-uniform.
class Mf final : public Model {
 public:
  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  Mf(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return "mf"; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  LossParts compute_gradients(const Batch& batch) override;
  Scoring scoring() override;
  std::vector<NamedTensor> artifact_tensors() override { return {}; }

  static ModelSettings defaults();
  static std::span<const std::string_view> option_names();
  static void take_sizes(ModelOptions& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset);

 private:
  ModelOptions options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  autograd::Tape tape_;
  std::vector<float> popularity_;
};

}  // namespace monet::models
