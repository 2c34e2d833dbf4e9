#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Each row divided by its length: y = x / max(‖x‖₂, ε), x [n, c].
/// Gradient of a row: (ȳ - y (y·ȳ)) / ‖x‖ where ‖x‖ > ε, otherwise ȳ / ε. One pass forward, two reads backward.
Var normalize_rows(Tape& tape, Var x, float epsilon = 1e-12F);

}  // namespace monet::autograd
