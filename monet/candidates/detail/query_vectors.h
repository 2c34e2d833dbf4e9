#pragma once

#include "monet/candidates/cell_index.h"
#include "monet/kernels/code_bounds.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <vector>

namespace monet::candidates::detail {

/// A query as vectors, so that its score of an item x lies between products with them. With q_i = (1-β) e_u + β e_i for
/// each item i of the history, q_0 their mean and t_v = q_v·x,
///
///   t_0 <= ŷ <= min(max_i t_i, t_0 + (max_i t_i - min_i t_i)² / (4β)),
///
/// since ŷ = (1-β) e_u·x + β f with f = Σ_i softmax(s)_i s_i of s_i = e_i·x: a weighted mean is at most the largest;
/// and g(τ) = Σ_i softmax(τ s)_i s_i is the mean at 0, f at 1, and g' is a variance, between 0 and (max s - min s)²/4
/// (Popoviciu). Kind dot, β = 0 and a history of one have the one vector, and the score is the product.
class QueryVectors {
 public:
  /// The query has a history and has passed `scoring::check`; the index is of these items.
  QueryVectors(const CellIndex& index, const scoring::Items& items, const scoring::Query& query);
  QueryVectors(const QueryVectors&) = delete;
  QueryVectors& operator=(const QueryVectors&) = delete;

  /// What no score of an item of a cell exceeds whose ‖x - μ‖ is at most `reach`, however the ranking rounds it.
  double bound(Index cell, float reach) const;
  /// The block as the kernel wants it: its codes, the products with its centroid, and what rounding of codes and of
  /// arithmetic amounts to.
  kernels::CodeBlock block(Index cell, Index block) const;
  const kernels::CodeVectors& codes() const { return codes_; }

 private:
  void take(const std::vector<std::vector<double>>& vectors);
  void set_slack(const scoring::Items& items, const scoring::Query& query);

  const CellIndex* index_;
  kernels::CodeVectors codes_;
  std::vector<std::int16_t> words_;
  std::vector<std::int8_t> bytes_;  // or empty
  std::vector<std::int32_t> offsets_;
  std::vector<float> steps_;
  Matrix<float> bases_;                  // [cells, count]: q_v·μ
  std::vector<float> highest_, lowest_;  // [cells] of the vectors but the mean
  double rounding_ = 0.0;                // of a product of D terms, relative to the norms
  double largest_ = 0.0;                 // ‖q_v‖
  double mean_norm_ = 0.0;               // ‖q_0‖
  double step_error_ = 0.0;              // largest ‖q_v - steps_v w_v‖
  double spread_ = 0.0;                  // 2 max_v ‖q_v - q_0‖
  double quarter_ = 0.0;
  double slack_ = 0.0;  // how much ranks can be wrong by rounding
};

}  // namespace monet::candidates::detail
