#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Bayesian personalised ranking: -(1/n) Σ ln(floor + σ(p_k - q_k)) of scores of positive and negative items, both [n,
/// 1] → [1, 1] (the first part of MONET Eq. 7 with floor 0, where it is computed as softplus and cannot overflow; some
/// implementations add a floor of 1e-10). Throws InvalidArgument for no rows, other shapes or a negative floor.
Var bpr_loss(Tape& tape, Var positive, Var negative, double floor = 0.0);

}  // namespace monet::autograd
