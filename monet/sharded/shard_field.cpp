#include "monet/sharded/shard_field.h"

#include "monet/core/error.h"

#include <algorithm>

namespace monet::sharded {

namespace {

void mark(std::vector<std::uint8_t>& marks, std::span<const std::int32_t> rows) {
  for (const std::int32_t row : rows) marks[static_cast<std::size_t>(row)] = 1;
}

std::vector<std::int32_t> marked_rows(const std::vector<std::uint8_t>& marks) {
  std::vector<std::int32_t> rows;
  for (std::size_t row = 0; row < marks.size(); ++row) {
    if (marks[row] != 0) rows.push_back(static_cast<std::int32_t>(row));
  }
  return rows;
}

Index degrees_of(std::span<const std::int32_t> rows, std::span<const std::int32_t> degrees) {
  Index sum = 0;
  for (const std::int32_t row : rows) sum += degrees[static_cast<std::size_t>(row)];
  return sum;
}

}  // namespace

ShardField::ShardField(const ShardGraph& graph, int layers, double dense_share)
    : graph_(&graph), dense_share_(dense_share) {
  if (layers < 0) fail<InvalidArgument>("[receptive field] {} layers", layers);
  layers_.resize(static_cast<std::size_t>(layers) + 1);
}

bool ShardField::is_dense(const Layer& layer) const {
  std::vector<Index> edges{degrees_of(layer.users, graph_->user_degrees()),
                           degrees_of(layer.items, graph_->item_degrees())};
  dist::all_reduce(graph_->halo().world(), std::span(edges));
  const auto limit = static_cast<Index>(dense_share_ * static_cast<double>(graph_->num_edges()));
  return edges[0] > limit || edges[1] > limit;
}

void ShardField::build(std::span<const std::int32_t> users, std::span<const std::int32_t> items) {
  const ShardGraph& graph = *graph_;
  user_marks_.assign(static_cast<std::size_t>(graph.num_users()), 0);
  item_marks_.assign(static_cast<std::size_t>(graph.num_items()), 0);
  ghost_marks_.assign(static_cast<std::size_t>(graph.halo().num_ghosts()), 0);
  mark(user_marks_, users);
  mark(item_marks_, items);
  graph.halo().spread(item_marks_, ghost_marks_);
  bool all = false;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    if (!all) {
      layer.users = marked_rows(user_marks_);
      layer.items = marked_rows(item_marks_);
      layer.ghosts = marked_rows(ghost_marks_);
      all = is_dense(layer);
    }
    layer.all = all;
    if (all) {
      layer.users.clear();
      layer.items.clear();
      layer.ghosts.clear();
      continue;
    }
    layer.reduced = graph.halo().marked(ghost_marks_);
    touched_.assign(ghost_marks_.size(), 0);
    for (const std::int32_t user : layer.users) mark(touched_, graph.ghosts().from_users.row(user));
    layer.fetched = graph.halo().marked(touched_);
    if (l + 1 == layers_.size()) break;
    // S_{l+1} = S_l and its neighbours.
    for (const std::int32_t item : layer.items) mark(user_marks_, graph.own().to_users.row(item));
    for (const std::int32_t ghost : layer.ghosts) mark(user_marks_, graph.ghosts().to_users.row(ghost));
    for (const std::int32_t user : layer.users) mark(item_marks_, graph.own().from_users.row(user));
    for (std::size_t n = 0; n < touched_.size(); ++n) ghost_marks_[n] |= touched_[n];
    graph.halo().spread(item_marks_, ghost_marks_);
  }
}

}  // namespace monet::sharded
