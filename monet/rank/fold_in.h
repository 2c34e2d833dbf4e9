#pragma once

#include "monet/core/view.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::rank {

/// What folding in needs of a trained model; views into its artifact.
struct FoldIn {
  MatrixView<const float> items;  // `item_foldin` [I, D]: f_i
  // What every new user has beside them (`user_foldin` [1, D], or the fusion's `fusion.fc.bias` [D]); empty: nothing.
  std::span<const float> bias;
};

/// The embedding of a user never seen in training, from a history: e_u = |N_u|^{-1/2} Σ_{i∈N_u} f_i +
/// bias, as training would have computed it from e_u^0 = 0, but for what the newcomer does to others. `history`: items
/// in [0, I), not empty. Sums run in double. Throws InvalidArgument. O(|N_u| D).
std::vector<float> fold_in_user(const FoldIn& model, std::span<const std::int32_t> history);

/// The same for a known user with items beyond the training history: α^L e_u^0 + |N|^{-1/2} Σ_{i∈N} f_i with N = N_u ∪
/// extra. α^L e_u^0 is what remains of the trained e_u (`user_embedding`) without the sum over the training history, so
/// nothing else of the model is needed. `user` in [0, U).
std::vector<float> fold_in_user(const FoldIn& model, const scoring::Scoring& scoring, std::int32_t user,
                                std::span<const std::int32_t> extra);

/// `a` ∪ `b`, ascending and unique.
std::vector<std::int32_t> merged_history(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

/// Scores for one folded-in user: the items of `model` against an embedding and a history of its own, as user 0.
class NewUser {
 public:
  /// `embedding` has D entries (none for models without embeddings), `history` is ascending and unique.
  NewUser(const scoring::Scoring& model, std::vector<float> embedding, std::vector<std::int32_t> history);
  NewUser(const NewUser&) = delete;
  NewUser& operator=(const NewUser&) = delete;

  /// One user; valid as long as this object and the model.
  const scoring::Scoring& scoring() const { return scoring_; }

 private:
  std::vector<float> embedding_;
  std::vector<std::int32_t> history_;
  Index indptr_[2];
  scoring::Scoring scoring_;
};

}  // namespace monet::rank
