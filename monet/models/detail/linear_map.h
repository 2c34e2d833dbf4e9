#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/rng.h"
#include "monet/models/parameters.h"

#include <string>

namespace monet::models::detail {

/// y = x Wᵀ + b with parameters `<name>.weight` [out, in] and `<name>.bias` [out], or without b.
struct LinearMap {
  Parameter* weight = nullptr;
  Parameter* bias = nullptr;

  /// Its parameters on a tape, to be put there once a step: a parameter's gradient is that of one variable.
  struct OnTape {
    autograd::Var weight, bias;
    autograd::Var operator()(autograd::Tape& tape, autograd::Var x) const;
  };
  OnTape on(autograd::Tape& tape) const;
  /// W and b uniform in ±1/√in.
  void initialise(Rng& rng) const;
};

LinearMap add_linear_map(ParameterSet& parameters, const std::string& name, Index out, Index in, bool with_bias = true);

}  // namespace monet::models::detail
