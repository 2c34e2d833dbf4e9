#pragma once

#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"
#include "monet/graph/bipartite.h"
#include "monet/models/detail/adjacency.h"
#include "monet/models/detail/batch_nodes.h"
#include "monet/models/detail/step_sizes.h"
#include "monet/models/model.h"

#include <span>

namespace monet::models::detail {

/// What a graph of similar items G makes of item rows x, and what users get of it: V = [R Gⁿ x ; Gⁿ x], R = 1/√(|N_u|
/// |N_i|) at the interactions.
class ItemViews {
 public:
  /// `graph` must outlive it.
  explicit ItemViews(const graph::Bipartite& graph);

  /// V at the nodes of a batch, or [U + I, d] without one. All rows of Gⁿ x are computed, the users' for the batch
  /// only. `items` and `batch` must live as long as the tape is used.
  autograd::Var of(autograd::Tape& tape, const NodeMatrix& items, int layers, autograd::Var x,
                   const BatchNodes* batch) const;
  /// Rows that it gathers for a batch, both ways.
  double gathers(const NodeMatrix& items, int layers, const Batch& batch) const;

 private:
  const graph::Bipartite* graph_;
  autograd::SparsePattern user_items_;
};

/// BPR and regulariser (λ) of content + side, rows of a batch's nodes, and λ_c times the contrast
/// (autograd/ops/contrast.h, τ 0.2) of the two: at the batch's positives plus at its users, each as often as it occurs.
Loss contrasted_bpr(autograd::Tape& tape, autograd::Var content, autograd::Var side, const BatchNodes& batch,
                    float weight_decay, float contrastive_weight);
/// The products that the contrast makes.
std::vector<Product> contrast_products(const Batch& batch, Index width);

}  // namespace monet::models::detail
