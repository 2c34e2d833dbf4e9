#pragma once

#include "monet/autograd/tape.h"

#include <cstdint>
#include <span>

namespace monet::autograd {

/// Row k of the result is row rows[k] of x [n, c] → [rows.size(), c]. Rows may repeat; the gradient adds up (a scatter
/// in the order of `rows`, whatever the number of threads). `rows` is copied. One pass over the rows named; backward
/// also clears x̄ when it is fresh. Throws InvalidArgument for a row outside [0, n).
Var gather_rows(Tape& tape, Var x, std::span<const std::int32_t> rows);

}  // namespace monet::autograd
