#pragma once

#include "monet/models/model.h"

namespace monet::models::detail {

/// A model that is computed from the interactions at once: no parameters, nothing to train. What remains to say is its
/// `name` and its `output`.
class Untrained : public Model {
 public:
  ParameterSet& parameters() final { return parameters_; }
  bool trained() const final { return false; }
  void initialise(Rng& /*rng*/) final {}
  /// Throws InternalError.
  Loss loss(autograd::Tape& tape, const Batch& batch) final;

 private:
  ParameterSet parameters_;
};

}  // namespace monet::models::detail
