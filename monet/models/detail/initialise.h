#pragma once

#include "monet/core/rng.h"
#include "monet/models/parameters.h"

namespace monet::models::detail {

/// Uniform in ±√(6 / (rows + cols)): Xavier-uniform (Glorot and Bengio 2010), for tables.
void xavier_uniform(Parameter& table, Rng& rng);
/// Normal of variance 2 / (rows + cols): Xavier-normal.
void xavier_normal(Parameter& table, Rng& rng);
/// Weight [out, in] and bias of a linear map, both uniform in ±1/√in.
void linear_uniform(Parameter& weight, Parameter& bias, Rng& rng);

}  // namespace monet::models::detail
