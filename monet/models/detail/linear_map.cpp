#include "monet/models/detail/linear_map.h"

#include "monet/autograd/ops/linear.h"

#include <cmath>

namespace monet::models::detail {

autograd::Var LinearMap::OnTape::operator()(autograd::Tape& tape, autograd::Var x) const {
  return autograd::linear(tape, x, weight, bias);
}

LinearMap::OnTape LinearMap::on(autograd::Tape& tape) const {
  OnTape vars;
  vars.weight = tape.parameter(weight->value, weight->grad);
  if (bias != nullptr) vars.bias = tape.parameter(bias->value, bias->grad);
  return vars;
}

void LinearMap::initialise(Rng& rng) const {
  const double bound = 1.0 / std::sqrt(static_cast<double>(weight->value.cols));
  for (const Parameter* parameter : {weight, bias}) {
    if (parameter == nullptr) continue;
    for (Index r = 0; r < parameter->value.rows; ++r) {
      for (float& v : parameter->value.row_span(r)) v = static_cast<float>(rng.uniform(-bound, bound));
    }
  }
}

LinearMap add_linear_map(ParameterSet& parameters, const std::string& name, Index out, Index in, bool with_bias) {
  LinearMap map;
  map.weight = &parameters.add(name + ".weight", out, in);
  if (with_bias) map.bias = &parameters.add_vector(name + ".bias", out);
  return map;
}

}  // namespace monet::models::detail
