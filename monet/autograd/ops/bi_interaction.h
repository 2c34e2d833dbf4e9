#pragma once

#include "monet/autograd/tape.h"

#include <cstdint>

namespace monet::autograd {

/// A layer of sums and products with neighbours: its weights W_g, W_b [out, in] and biases b_g, b_b [1, out], and how
/// it is applied.
struct BiInteraction {
  Var gc_weight, gc_bias;
  Var bi_weight, bi_bias;
  bool adds_self = false;  // W_g takes x + z in place of z
  float slope = 0.01F;     // of LeakyReLU below 0
  float dropout = 0.0F;    // rate
  std::uint64_t seed = 0;  // of the dropout
};

/// y = dropout(LeakyReLU(z W_gᵀ + b_g) + LeakyReLU((x ⊙ z) W_bᵀ + b_b)), rows x of nodes and z of their neighbourhoods
/// [n, in] → [n, out]. Block by block of rows, so what lies between x, z and y stays in cache; a byte an element is
/// kept for backward. 4 n in out operations forward, twice that backward. Which elements drop out depends on the seed
/// and their places alone. Throws InvalidArgument when the shapes do not fit and for a rate outside [0, 1).
Var bi_interaction(Tape& tape, Var x, Var z, const BiInteraction& layer);

}  // namespace monet::autograd
