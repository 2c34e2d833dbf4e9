#include "monet/models/detail/trained_features.h"

#include "monet/autograd/ops/gather_rows.h"
#include "monet/autograd/ops/linear.h"
#include "monet/models/detail/initialise.h"

namespace monet::models::detail {

using autograd::Tape;
using autograd::Var;

namespace {

Var parameter_on(Tape& tape, const Parameter* parameter) {
  return tape.parameter(parameter->value, parameter->grad);
}

}  // namespace

Var TrainedFeatures::mapped(Tape& tape) const {
  return autograd::linear(tape, parameter_on(tape, table), parameter_on(tape, weight), parameter_on(tape, bias));
}

Var TrainedFeatures::mapped(Tape& tape, std::span<const std::int32_t> rows, bool with_bias) const {
  const Var some = autograd::gather_rows(tape, parameter_on(tape, table), rows);
  return autograd::linear(tape, some, parameter_on(tape, weight), with_bias ? parameter_on(tape, bias) : Var{});
}

void TrainedFeatures::initialise(Rng& rng, bool normal) const {
  copy<float>(raw, table->value);
  linear_uniform(*weight, *bias, rng);
  if (normal) xavier_normal(*weight, rng);
}

void TrainedFeatures::clear_gradients() const {
  for (const Parameter* parameter : {table, weight, bias}) fill(parameter->grad, 0.0F);
}

std::vector<TrainedFeatures> add_trained_features(ParameterSet& parameters, const data::Dataset& dataset, Index width,
                                                  bool bias_trained) {
  std::vector<TrainedFeatures> out;
  for (const data::Modality& modality : dataset.modalities) {
    const std::string& name = modality.name;
    const Index own = modality.features.cols();
    TrainedFeatures features{name, modality.features.view(),
                             &parameters.add(name + "_embedding.weight", modality.features.rows(), own, RowsOf::items),
                             &parameters.add(name + "_trs.weight", width, own), nullptr};
    features.bias = &parameters.add_vector(name + "_trs.bias", width);
    parameters.blocks().back().trainable = bias_trained;
    out.push_back(features);
  }
  return out;
}

std::size_t trained_features_bytes(const data::Dataset& dataset, Index width) {
  Index floats = 0;
  for (const data::Modality& modality : dataset.modalities) {
    const Index own = modality.features.cols();
    floats += 4 * (dataset.num_items() * own + width * (own + 1)) + 2 * dataset.num_items() * width;
  }
  return static_cast<std::size_t>(floats) * sizeof(float);
}

}  // namespace monet::models::detail
