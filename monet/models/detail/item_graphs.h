#pragma once

#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"
#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"

#include <cstddef>
#include <span>
#include <vector>

namespace monet::models::detail {

/// A sparse matrix over items: a pattern [I, I] and its values [nnz, 1].
struct ItemMatrix {
  autograd::PatternPtr pattern;
  Matrix<float> values;
};

/// Graphs over items, of raw features and of projected ones (Zhang et al., MM 2021). With knn(C, k) the k largest
/// positive cosines of each row at their places and sym(W) = D^(-1/2) W D^(-1/2), D the row sums on both sides:
///
///   O_m = sym(knn(cos(X_m), k))     of the raw features, once
///   L_m = knn(cos(Z_m), k)          of the projected features, when asked
///   G   = (1 - λ_c) sym(Σ_m w_m L_m) + λ_c Σ_m w_m O_m,   w = softmax(modal weights)
class ItemGraphs {
 public:
  /// `features`: X_m [I, d_m] for each modality, read here only. `neighbours` k >= 1, `lambda_coeff` λ_c in [0, 1].
  /// 2 I² Σ d_m operations, in tiles (graph/knn.h).
  ItemGraphs(ThreadPool& pool, std::span<const MatrixView<const float>> features, Index neighbours, float lambda_coeff);

  /// O_m.
  const ItemMatrix& original(std::size_t modality) const { return original_[modality]; }

  /// A graph on a tape, on the union of the patterns of all O_m and L_m.
  struct Mixed {
    autograd::PatternPtr pattern;
    autograd::Var values;
  };
  /// G from `projected` Z_m [I, f] and the modal weights [1, M]. Gradients run through w in both parts, the degrees of
  /// the learned part, its cosines and the norms of Z_m; not through the choice of neighbours.
  Mixed mix(autograd::Tape& tape, std::span<const autograd::Var> projected, autograd::Var modal_weight) const;

 private:
  Index neighbours_;
  float lambda_coeff_;
  std::vector<ItemMatrix> original_;
};

/// The bytes of a matrix, for a checkpoint; the inverse throws DataError, beginning with "[checkpoint]", for bytes that
/// are not those of a matrix of `items` rows and columns.
std::vector<std::byte> to_bytes(const ItemMatrix& matrix);
ItemMatrix item_matrix_of(std::span<const std::byte> bytes, Index items);

}  // namespace monet::models::detail
