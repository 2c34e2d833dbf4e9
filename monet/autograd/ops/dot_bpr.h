#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/tape.h"

#include <cstdint>
#include <span>

namespace monet::autograd {

/// Bayesian personalised ranking by dot products of embeddings whose parts lie in several tables, users [U, d_p] and
/// items [I, d_p]: e = ‖_p table_p, and the loss of triples (u, i, j) is the mean of -ln σ(e_u·e_i - e_u·e_j) → [1, 1].
/// Nothing is gathered into rows of its own: three rows of each part are read for a triple, and added to backward.
///
/// With a field, whose S_0 are the rows of the triples, only those rows of fresh gradients are cleared. The field must
/// live as long as the tape is used. Throws InvalidArgument when shapes do not fit, for ids outside the tables and
/// without triples.
Var dot_bpr(Tape& tape, std::span<const Embeddings> parts, std::span<const std::int32_t> users,
            std::span<const std::int32_t> positives, std::span<const std::int32_t> negatives,
            const graph::ReceptiveField* field);

}  // namespace monet::autograd
