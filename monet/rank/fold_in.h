#pragma once

#include "monet/core/view.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank {

/// What folding in needs of a trained model; views into its artifact.
struct FoldIn {
  MatrixView<const float> items;  // `item_foldin` [I, D]: f_i
  // What every new user has beside them (`user_foldin` [1, D]); empty: nothing.
  std::span<const float> bias;
  // A model whose scores are cosines: embeddings are k blocks of columns, each divided by its length and then given one
  // length for all (`derived.user_length`, `derived.user_norm`). Empty: embeddings are the sums themselves.
  MatrixView<const float> user_norms = {};  // [U, k]: lengths of the trained users' blocks before
  float length = 0.0F;                      // of every block afterwards
};

/// The embedding of a user never seen in training, from a history: e_u = |N_u|^{-1/2} Σ_{i∈N_u} f_i +
/// bias, as training would have computed it from e_u^0 = 0, but for what the newcomer does to others. `history`: items
/// in [0, I), not empty. Sums run in double. Throws InvalidArgument. O(|N_u| D).
std::vector<float> fold_in_user(const FoldIn& model, std::span<const std::int32_t> history);

/// The same for a known user, row `row` of the model, with items beyond the training history: α^L e_u^0 + |N|^{-1/2}
/// Σ_{i∈N} f_i with N = N_u ∪ extra. α^L e_u^0 is what remains of the trained e_u (`user_embedding`) without the sum
/// over the training history, so nothing else of the model is needed. `user`: scoring::known_user(row).
std::vector<float> fold_in_user(const FoldIn& model, const scoring::Query& user, std::int32_t row,
                                std::span<const std::int32_t> extra);

/// `a` ∪ `b`, ascending and unique.
std::vector<std::int32_t> merged_history(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

}  // namespace monet::rank
