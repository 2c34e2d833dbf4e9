#pragma once

#include "monet/models/model.h"

namespace monet::models::detail {

/// A model that is computed from the interactions at once: no parameters, nothing to train. What remains to say is its
/// `name` and its `scoring`.
class Untrained : public Model {
 public:
  ParameterSet& parameters() final { return parameters_; }
  bool trained() const final { return false; }
  void initialise(Rng& /*rng*/) final {}
  /// Throws InternalError.
  LossParts compute_gradients(const Batch& batch) final;
  std::vector<NamedTensor> artifact_tensors() override { return {}; }

  static void take_sizes(ModelOptions& /*options*/, const TensorShapes& /*parameters*/) {}

 private:
  ParameterSet parameters_;
};

}  // namespace monet::models::detail
