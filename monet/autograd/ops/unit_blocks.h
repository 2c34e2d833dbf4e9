#pragma once

#include "monet/autograd/tape.h"

namespace monet::autograd {

/// Rows whose products are cosines: x [n, k·w] as k blocks of w columns, each divided by √k max(‖·‖₂, 1e-12), so that
/// x_a·x_b is the mean of the blocks' cosines; with one block, the cosine of the rows. Gradient of a block: (ȳ − k y
/// (y·ȳ)) / (√k ‖x‖), without the second term for a block at the floor. Throws InvalidArgument unless the columns are k
/// blocks.
Var unit_blocks(Tape& tape, Var x, Index blocks);

}  // namespace monet::autograd
