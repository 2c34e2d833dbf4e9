#pragma once

#include "monet/core/csr.h"

#include <cstdint>
#include <span>
#include <vector>

namespace monet::graph {

/// The user–item graph of the training interactions in both directions, with the symmetric normalisation of MONET Eq.
/// 3: the edge (u, i) weighs 1 / sqrt(|N_u| |N_i|) either way, without self-loops. Nodes without edges have empty rows.
/// Immutable after construction.
class Bipartite {
 public:
  /// `train`: the [U, I] pattern of training interactions. O(edges).
  explicit Bipartite(Csr train);

  Index num_users() const { return user_items_.rows(); }
  Index num_items() const { return user_items_.cols(); }
  Index num_edges() const { return user_items_.nnz(); }

  /// N_u of every user: [U, I].
  const Csr& user_items() const { return user_items_; }
  /// N_i of every item: [I, U].
  const Csr& item_users() const { return item_users_; }
  /// Weights in the order of `user_items().indices()`, and of `item_users().indices()`.
  std::span<const float> user_item_weights() const { return user_item_weights_; }
  std::span<const float> item_user_weights() const { return item_user_weights_; }

 private:
  Csr user_items_;
  Csr item_users_;
  std::vector<float> user_item_weights_;
  std::vector<float> item_user_weights_;
};

}  // namespace monet::graph
