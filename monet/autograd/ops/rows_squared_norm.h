#pragma once

#include "monet/autograd/tape.h"

#include <cstdint>
#include <span>

namespace monet::autograd {

/// factor · ½ Σ_k ‖x_{rows[k]}‖² of x [n, c] → [1, 1]: half_squared_norm of gather_rows without the rows gathered. Rows
/// may repeat, and count as often. `rows` is copied. Backward also clears x̄ when it is fresh. Throws InvalidArgument
/// for a row outside [0, n).
Var rows_squared_norm(Tape& tape, Var x, std::span<const std::int32_t> rows, float factor);

}  // namespace monet::autograd
