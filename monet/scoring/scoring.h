#pragma once

#include "monet/core/csr.h"
#include "monet/core/view.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace monet::scoring {

/// How a model's scores follow from what it leaves behind (`kind` in an artifact's config.json).
enum class ScoreKind {
  target_aware,     // (1 - beta) e_u.e_c + beta * softmax-weighted mean of e_i.e_c over the history (MONET Eq. 4-6)
  dot,              // e_u.e_c
  item_similarity,  // sum of similarities of the history's items to c
  pairwise,         // attention over modalities, pair by pair
  blend,            // weighted sum of the scores of two or three of the others, made comparable (BlendBy)
};

/// How a blend makes the scores x of a part comparable with those of others. Both look at the scores of one query for
/// all n items that are not in its history; what else is excluded changes nothing. A score whose value is v adds w v,
/// w being the part's weight.
enum class BlendBy {
  zscore,  // v = (x - mean) / deviation, the deviation with n in the denominator; 0 where all scores are the same
  rank,  // v = 1 / (60 + r), r >= 1 being the rank of x, the mean of them where scores are equal (Cormack et al. 2009)
};

inline constexpr std::size_t kMostParts = 3;  // of a blend

/// What a pairwise score needs beside embeddings. With M = D / d slabs of d columns side by side, p^m of a user and q^m
/// of an item, and h^m = p^m ⊙ q^m: score = Σ_m a_m Σ_c h^m_c with a = softmax_m(wᵀ tanh(W h^m + b)).
struct ModalityAttention {
  MatrixView<const float> weight;  // W [a, d]
  std::span<const float> bias;     // b [a]
  std::span<const float> vector;   // w [a]
};

/// Everything ranking needs of a trained model. Views only: the owner (a model in memory or an opened artifact) must
/// outlive it. A user with an empty history row gets popularity instead of a score (as all users without training
/// items), where the popularity of an item is its number of training interactions.
struct Scoring {
  ScoreKind kind = ScoreKind::dot;
  float beta = 0.0F;
  MatrixView<const float> user_embedding;  // [U, D] final, fused
  MatrixView<const float> item_embedding;  // [I, D]
  CsrView history;                         // [U, I] training items, also what is masked
  std::span<const float> item_popularity;  // [I] training interactions of each item
  // kind item_similarity: a sparse matrix [I, I], row = history item.
  CsrView similarity;
  std::span<const float> similarity_values;
  ModalityAttention attention = {};  // kind pairwise
  // What an item scores whoever asks: its bias and what its popularity is worth. Added to the score of every query with
  // a history, and of any kind but item_similarity; empty: nothing.
  std::span<const float> item_prior = {};  // [I]
  // Kind blend: two to kMostParts others of the same users, items and history, none of them a blend, and a weight >= 0
  // for each. Beside these only `history` and `item_popularity` are read.
  std::vector<Scoring> parts = {};
  std::vector<double> weights = {};
  BlendBy blend_by = BlendBy::zscore;
};

std::string_view to_string(ScoreKind kind);
/// Throws DataError for an unknown name.
ScoreKind parse_score_kind(std::string_view name);
std::string_view to_string(BlendBy by);
/// Throws DataError for an unknown name.
BlendBy parse_blend_by(std::string_view name);

}  // namespace monet::scoring
