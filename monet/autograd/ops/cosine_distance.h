#pragma once

#include "monet/autograd/tape.h"

#include <cstdint>
#include <span>

namespace monet::autograd {

/// factor · Σ_k w_k (1 - cos(x_k, t_{rows[k]})), w_k = 1 where `weights` is empty, of the rows of x [n, c] to constant
/// targets [T, c] → [1, 1]. A row of x or of the targets that is zero has no cosine and adds nothing. Gradient: x̄_k =
/// -factor w_k ȳ (t̂ - cos · x̂_k) / ‖x_k‖. Summed in float64. `weights` is copied, `targets` must outlive the tape's
/// step. Throws InvalidArgument for shapes or rows that do not fit.
Var cosine_distance(Tape& tape, Var x, MatrixView<const float> targets, std::span<const std::int32_t> rows,
                    float factor, std::span<const float> weights = {});

}  // namespace monet::autograd
