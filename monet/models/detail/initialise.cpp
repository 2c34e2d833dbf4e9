#include "monet/models/detail/initialise.h"

#include <cmath>

namespace monet::models::detail {

namespace {

template <class Draw>
void fill_with(Parameter& parameter, Draw&& draw) {
  for (Index r = 0; r < parameter.value.rows; ++r) {
    for (float& v : parameter.value.row_span(r)) v = static_cast<float>(draw());
  }
}

double fan(const Parameter& table) {
  return static_cast<double>(table.value.rows + table.value.cols);
}

}  // namespace

void xavier_uniform(Parameter& table, Rng& rng) {
  const double bound = std::sqrt(6.0 / fan(table));
  fill_with(table, [&] { return rng.uniform(-bound, bound); });
}

void xavier_normal(Parameter& table, Rng& rng) {
  const double deviation = std::sqrt(2.0 / fan(table));
  fill_with(table, [&] { return deviation * rng.normal(); });
}

void linear_uniform(Parameter& weight, Parameter& bias, Rng& rng) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(weight.value.cols));
  fill_with(weight, [&] { return rng.uniform(-bound, bound); });
  fill_with(bias, [&] { return rng.uniform(-bound, bound); });
}

}  // namespace monet::models::detail
