#pragma once

#include "monet/autograd/ops/edge_attention.h"
#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"

#include <span>

namespace monet::autograd {

/// Each edge's weight from what every modality says of it: w_{s→t} = max_m a^m_{s→t} conf_{s,m}, s the source; with
/// `prune` at least 0. `attentions`: a of M modalities; `confidence`: [U, M] and [I, M]. The gradient goes to the
/// modality that won (the first of several), to none where the weight was raised to 0. O(nnz M). Throws InvalidArgument
/// when the shapes do not fit.
EdgeValues strongest_edges(Tape& tape, const PatternPtr& item_users, std::span<const EdgeValues> attentions,
                           Embeddings confidence, bool prune);

}  // namespace monet::autograd
