#include "monet/models/detail/step_sizes.h"

#include <algorithm>
#include <span>

namespace monet::models::detail {

namespace {

std::vector<std::int32_t> distinct(std::span<const std::int32_t> some, std::span<const std::int32_t> more) {
  std::vector<std::int32_t> rows(some.begin(), some.end());
  rows.insert(rows.end(), more.begin(), more.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

StepSizes::StepSizes(const graph::Bipartite& graph, const Batch& batch)
    : nodes(graph.num_users() + graph.num_items()),
      items(graph.num_items()),
      entries(2.0 * static_cast<double>(graph.num_edges())),
      batch_items(distinct(batch.positives, batch.negatives)) {
  const auto users = distinct(batch.users, {});
  batch_nodes = static_cast<Index>(users.size()) + num_batch_items();
  for (const std::int32_t user : users) batch_entries += static_cast<double>(graph.user_items().degree(user));
  for (const std::int32_t item : batch_items) batch_entries += static_cast<double>(graph.item_users().degree(item));
}

Gathers row_passes(const StepSizes& sizes, int layers, Index width) {
  if (layers == 0) return {0.0, width, sizes.nodes};
  const double whole = sizes.entries + static_cast<double>(sizes.nodes);
  const double last = sizes.batch_entries + static_cast<double>(sizes.batch_nodes);
  return {2.0 * ((layers - 1) * whole + last), width, sizes.nodes};
}

Index step_gathers(const graph::Bipartite& graph, const graph::ReceptiveField& field, Index history_entries,
                   Index batch_size) {
  const auto entries = [](const Csr& pattern, const graph::RowSet& set) {
    if (set.all) return pattern.nnz() + pattern.rows();
    Index sum = 0;
    for (const std::int32_t row : set.rows) sum += pattern.degree(row) + 1;
    return sum;
  };
  Index total = 3 * history_entries + 9 * batch_size;
  for (int l = 0; l < field.layers(); ++l) {
    // Forward computes S_l from its neighbours; backward spreads S_l to them.
    total += 2 * (entries(graph.user_items(), field.users(l)) + entries(graph.item_users(), field.items(l)));
  }
  return total;
}

double field_gathers(const graph::Bipartite& graph, int layers, bool histories, const Batch& batch, double dense_share,
                     double first_share) {
  if (layers == 0) return 0.0;
  graph::ReceptiveField field(graph, layers, dense_share, first_share);
  std::vector<std::int32_t> items(batch.positives.begin(), batch.positives.end());
  items.insert(items.end(), batch.negatives.begin(), batch.negatives.end());
  field.build(batch.users, items, histories);
  Index history = 0;
  for (const std::int32_t user : batch.users) history += histories ? graph.user_items().degree(user) : 0;
  return static_cast<double>(step_gathers(graph, field, history, static_cast<Index>(batch.users.size())));
}

double entries_of(const Csr& pattern, std::vector<std::int32_t> rows) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  Index entries = 0;
  for (const std::int32_t row : rows) entries += pattern.degree(row);
  return static_cast<double>(entries);
}

}  // namespace monet::models::detail
