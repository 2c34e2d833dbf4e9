#include "monet/models/model.h"

namespace monet::models {

std::span<const double> Model::popularity_weights() const {
  return kPopularityOfDots;
}

LossParts compute_gradients(autograd::Tape& tape, Model& model, const Batch& batch) {
  tape.clear();
  const Loss loss = model.loss(tape, batch);
  tape.backward(loss.total);
  return loss.parts;
}

Output compute_output(autograd::Tape& tape, Model& model, Detail detail) {
  tape.clear();
  const autograd::NoGradient no_gradient(tape);
  Output output = model.output(tape, detail);
  tape.clear();
  return output;
}

}  // namespace monet::models
