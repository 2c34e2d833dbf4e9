#pragma once

#include "monet/core/csr.h"
#include "monet/core/growing.h"
#include "monet/core/view.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::scoring {

/// Products of embeddings beyond this could overflow when summed over a history.
inline constexpr double kLargestProduct = 1e15;

/// The items' side of a model, checked and ordered once so that no request has to. Views into what the Scoring views,
/// which must outlive it. Immutable; may be shared between threads.
class Items {
 public:
  /// Throws DataError when the parts do not fit together: shapes, ids, embeddings that are not finite or whose products
  /// overflow. O(I D + I log I).
  explicit Items(const Scoring& scoring);

  /// The same with another β, of a blend in each part that has one. Throws InvalidArgument for one outside [0, 1].
  Items with_beta(float beta) const;

  /// The same items and more behind them: `longer` begins with what this was made of (the memory may be another), and
  /// the others have popularity 0. Checks the new ones only: O(those), but for copies (core/growing.h). Throws
  /// DataError as the constructor, and where a new item has interactions.
  Items extended(const Scoring& longer) const;

  Index size() const { return static_cast<Index>(popularity_.size()); }
  /// D; 0 when there are no embeddings.
  Index width() const { return embedding_.cols; }
  ScoreKind kind() const { return kind_; }
  float beta() const { return beta_; }
  MatrixView<const float> embedding() const { return embedding_; }   // [I, D]
  std::span<const float> popularity() const { return popularity_; }  // [I]
  std::span<const float> prior() const { return prior_; }            // [I], or empty: nothing
  CsrView similarity() const { return similarity_; }                 // kind item_similarity
  std::span<const float> similarity_values() const { return similarity_values_; }
  const ModalityAttention& attention() const { return attention_; }  // kind pairwise
  std::span<const Items> parts() const { return parts_; }            // kind blend
  std::span<const double> weights() const { return weights_; }       // of the parts
  BlendBy blend_by() const { return blend_by_; }

  /// Every item by popularity descending, then item ascending: the order for users without history.
  std::span<const std::int32_t> by_popularity() const { return by_popularity_.values(); }
  /// ‖e_i‖² of each item; empty for kinds item_similarity and blend.
  std::span<const double> square_norms() const { return square_norms_.values(); }
  double largest_norm() const { return largest_norm_; }

 private:
  void check_similarity() const;
  void view(const Scoring& scoring);
  void check_embedding(Index first);
  void check_attention() const;
  void check_prior(Index first) const;
  void take_parts(const Scoring& scoring);

  ScoreKind kind_;
  float beta_;
  MatrixView<const float> embedding_;
  std::span<const float> popularity_;
  std::span<const float> prior_;
  CsrView similarity_;
  std::span<const float> similarity_values_;
  ModalityAttention attention_;
  std::vector<Items> parts_;
  std::vector<double> weights_;
  BlendBy blend_by_;
  Growing<std::int32_t> by_popularity_;
  Growing<double> square_norms_;
  double largest_norm_ = 0.0;
};

/// Whether `item` is the id of one of the items.
inline bool has_item(const Items& items, std::int32_t item) {
  return item >= 0 && item < items.size();
}

}  // namespace monet::scoring
