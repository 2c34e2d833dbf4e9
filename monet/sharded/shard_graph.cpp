#include "monet/sharded/shard_graph.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace monet::sharded {

namespace {

std::span<const std::int32_t> own_degrees(const std::vector<std::int32_t>& all, const dist::Share& own) {
  return std::span(all).subspan(static_cast<std::size_t>(own.begin), static_cast<std::size_t>(own.end - own.begin));
}

// The entries of `train` whose columns `column` knows (−1: not), by their numbers there; `item_of` goes back.
template <class Column, class ItemOf>
Edges chosen_edges(const Csr& train, Index columns, std::span<const std::int32_t> user_degrees,
                   const std::vector<std::int32_t>& item_degrees, Column&& column, ItemOf&& item_of) {
  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  for (Index u = 0; u < train.rows(); ++u) {
    for (const std::int32_t item : train.row(u)) {
      if (const std::int32_t at = column(item); at >= 0) indices.push_back(at);
    }
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  Edges edges;
  edges.from_users = Csr(train.rows(), columns, std::move(indptr), std::move(indices));
  edges.weights_from_users.reserve(static_cast<std::size_t>(edges.from_users.nnz()));
  for (Index u = 0; u < train.rows(); ++u) {
    for (const std::int32_t at : edges.from_users.row(u)) {
      const double product = static_cast<double>(user_degrees[static_cast<std::size_t>(u)]) *
                             static_cast<double>(item_degrees[static_cast<std::size_t>(item_of(at))]);
      edges.weights_from_users.push_back(static_cast<float>(1.0 / std::sqrt(product)));
    }
  }
  std::vector<Index> order;
  edges.to_users = edges.from_users.transposed(&order);
  edges.weights_to_users.reserve(order.size());
  for (const Index entry : order) {
    edges.weights_to_users.push_back(edges.weights_from_users[static_cast<std::size_t>(entry)]);
  }
  return edges;
}

}  // namespace

std::vector<std::int32_t> touched_items(const Csr& train) {
  std::vector<std::uint8_t> met(static_cast<std::size_t>(train.cols()), 0);
  for (const std::int32_t item : train.indices()) met[static_cast<std::size_t>(item)] = 1;
  std::vector<std::int32_t> items;
  for (std::size_t item = 0; item < met.size(); ++item) {
    if (met[item] != 0) items.push_back(static_cast<std::int32_t>(item));
  }
  return items;
}

ShardGraph::ShardGraph(dist::Communicator& world, const Shard& shard)
    : user_degrees_(own_degrees(shard.user_degrees, shard.partition.users.of(world.rank()))),
      item_degrees_(own_degrees(shard.item_degrees, shard.partition.items.of(world.rank()))),
      num_edges_(shard.num_train),
      halo_(world, shard.partition.items, touched_items(shard.train)) {
  const dist::Share own = shard.partition.items.of(world.rank());
  const auto first = static_cast<std::int32_t>(own.begin);
  const auto is_own = [&](std::int32_t item) { return item >= own.begin && item < own.end; };
  own_ = chosen_edges(
      shard.train, own.end - own.begin, user_degrees_, shard.item_degrees,
      [&](std::int32_t item) { return is_own(item) ? item - first : -1; },
      [&](std::int32_t row) { return row + first; });
  const std::span<const std::int32_t> ghosts = halo_.ghosts();
  ghosts_ = chosen_edges(
      shard.train, halo_.num_ghosts(), user_degrees_, shard.item_degrees,
      [&](std::int32_t item) { return is_own(item) ? -1 : halo_.ghost(item); },
      [&](std::int32_t row) { return ghosts[static_cast<std::size_t>(row)]; });
}

}  // namespace monet::sharded
