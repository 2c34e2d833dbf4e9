#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/tape.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <span>

namespace monet::models::detail {

/// Embeddings of a batch: row b of each is that of its b-th triple, [B, D].
struct BatchRows {
  autograd::Var users;
  autograd::Var positives;
  autograd::Var negatives;
};

/// From tables of users [U, D] and items [I, D].
BatchRows gather_batch(autograd::Tape& tape, autograd::Var users, autograd::Var items, const Batch& batch);
/// From one table of all nodes [U + I, D], users first.
BatchRows gather_batch(autograd::Tape& tape, autograd::Var nodes, Index num_users, const Batch& batch);

/// Bayesian personalised ranking of dot products: -(1/B) Σ ln(floor + σ(e_u·e_i - e_u·e_j)) → [1, 1].
autograd::Var dot_bpr(autograd::Tape& tape, const BatchRows& rows, double floor = 0.0);

/// The ranking loss of a batch's rows of tables of users and items, without gathering them, plus λ times the
/// regulariser. The regulariser is `given`, or that of the rows of the tables (`propagated`) where `given` is not
/// valid. `histories` [U, I] and `field` as in autograd::target_aware_bpr.
Loss weighed_dot_bpr(autograd::Tape& tape, const autograd::Embeddings& tables, const Csr& histories, const Batch& batch,
                     autograd::Var given, float weight_decay, const graph::ReceptiveField* field);
/// With one table of the batch's nodes [n, D] and the positions of its triples in it.
Loss weighed_dot_bpr(autograd::Tape& tape, autograd::Var nodes, const Batch& positions, autograd::Var given,
                     float weight_decay);

/// The regulariser of gathered rows, not yet times λ → [1, 1]: Σ ½‖x‖² / B, or for Regulariser::norm Σ ‖x‖_F / B, over
/// the three of them.
autograd::Var regulariser(autograd::Tape& tape, const BatchRows& rows, Regulariser kind);

/// The regulariser of a batch's rows of tables of users and items, or of one table of all nodes, users first. To be
/// made before what else reads the tables: it is then added to their gradients last, when all rows of them are there.
autograd::Var regulariser(autograd::Tape& tape, autograd::Var users, autograd::Var items, const Batch& batch,
                          Regulariser kind);
autograd::Var regulariser(autograd::Tape& tape, autograd::Var nodes, Index num_users, const Batch& batch,
                          Regulariser kind);

/// Of pairs: Σ ½ (‖u‖² + ‖i‖²) / B over the batch's users and positives, to be made before what else reads the tables.
autograd::Var pair_regulariser(autograd::Tape& tape, autograd::Var users, autograd::Var items, const Batch& batch);

/// The regulariser of id rows as published graph convolution codes over modalities have it, not yet times λ → [1, 1]: Σ
/// (2 ‖u‖² + ‖i‖² + ‖j‖²) / (2 B d).
autograd::Var id_regulariser(autograd::Tape& tape, const BatchRows& rows);

/// ranking + λ · regulariser. `regulariser` may be not valid: none.
Loss weighed(autograd::Tape& tape, autograd::Var ranking, autograd::Var regulariser, float weight_decay);

/// A loss with `weight` · part [1, 1] more, which counts as ranking.
Loss with_part(autograd::Tape& tape, const Loss& loss, autograd::Var part, float weight);

}  // namespace monet::models::detail
