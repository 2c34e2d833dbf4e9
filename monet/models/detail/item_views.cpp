#include "monet/models/detail/item_views.h"

#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/concat_rows.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/contrast.h"
#include "monet/autograd/ops/gather_rows.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/occurrences.h"

#include <vector>

namespace monet::models::detail {

using autograd::Tape;
using autograd::Var;

namespace {

constexpr float kTemperature = 0.2F;

}  // namespace

ItemViews::ItemViews(const graph::Bipartite& graph) : graph_(&graph), user_items_(graph.user_items()) {}

Var ItemViews::of(Tape& tape, const NodeMatrix& items, int layers, Var x, const BatchNodes* batch) const {
  for (int l = 0; l < layers; ++l) x = autograd::constant_spmm(tape, items.constant(), x);
  const autograd::ConstantMatrix to_users{&user_items_, graph_->user_item_weights(), graph_->item_user_weights()};
  if (batch == nullptr) return autograd::concat_rows(tape, autograd::constant_spmm(tape, to_users, x), x);
  const auto first = static_cast<std::size_t>(batch->first_item);
  const std::span<const std::int32_t> nodes(batch->nodes);
  std::vector<std::int32_t> rows(nodes.begin() + batch->first_item, nodes.end());
  for (std::int32_t& row : rows) row -= static_cast<std::int32_t>(graph_->num_users());
  const Var of_users = autograd::constant_spmm_rows(tape, to_users, x, nodes.first(first));
  return autograd::concat_rows(tape, of_users, autograd::gather_rows(tape, x, rows));
}

double ItemViews::gathers(const NodeMatrix& items, int layers, const Batch& batch) const {
  const double at_users = entries_of(graph_->user_items(), {batch.users.begin(), batch.users.end()});
  return 2.0 * (layers * static_cast<double>(items.pattern->nnz()) + at_users);
}

Loss contrasted_bpr(Tape& tape, Var content, Var side, const BatchNodes& batch, float weight_decay,
                    float contrastive_weight) {
  const Loss ranked = weighed_dot_bpr(tape, autograd::add(tape, content, side), batch.positions(), {}, weight_decay);
  const auto part = [&](std::span<const std::int32_t> places) {
    const Occurrences different(places);
    return autograd::contrast(tape, autograd::gather_rows(tape, side, different.rows),
                              autograd::gather_rows(tape, content, different.rows), different.counts, kTemperature);
  };
  return with_part(tape, ranked, autograd::add(tape, part(batch.positives), part(batch.users)), contrastive_weight);
}

std::vector<Product> contrast_products(const Batch& batch, Index width) {
  std::vector<Product> products;
  for (const auto& ids : {batch.positives, batch.users}) {
    const auto count = static_cast<Index>(Occurrences(ids).rows.size());
    products.push_back({count, width, count});
  }
  return products;
}

}  // namespace monet::models::detail
