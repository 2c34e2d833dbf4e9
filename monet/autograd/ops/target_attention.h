#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/csr.h"
#include "monet/graph/receptive_field.h"

#include <cstdint>
#include <span>

namespace monet::autograd {

struct RankingLossOptions {
  bool target_aware = true;
  float beta = 0.3F;            // Eq. 6
  bool exclude_target = false;  // leave the positive out of its own attention (a user with no other item keeps it)
  float weight_decay = 1e-5F;   // λ
};

struct RankingLoss {
  Var total;           // [1, 1]: ranking + λ · regulariser
  double ranking;      // −mean ln σ(ŷ_ui − ŷ_uj)
  double regulariser;  // ½ Σ (‖e_u‖² + ‖e_i‖² + ‖e_j‖²) / B on the propagated rows of the batch
};

/// Bayesian personalised ranking over MONET's score ŷ = (1−β) e_u·e_c + β ŷ^o (Eq. 4–7; without attention ŷ = e_u·e_c),
/// with its closed-form gradient. users [U, D], items [I, D]; `history` is N_u, [U, I]; the three index lists have B ≥
/// 1 entries, and repeats count as often as they occur. 2·Σ_b |N_{u_b}| dot products; no [B, I] array. With a field,
/// gradients are written on S_0 only (propagate with the same field reads no others). Sums are in double and in batch
/// order, so the result does not depend on the number of threads. `history` must outlive the tape's step.
RankingLoss target_aware_bpr(Tape& tape, Var users, Var items, const Csr& history,
                             std::span<const std::int32_t> batch_users, std::span<const std::int32_t> positives,
                             std::span<const std::int32_t> negatives, const RankingLossOptions& options,
                             const graph::ReceptiveField* field);

}  // namespace monet::autograd
