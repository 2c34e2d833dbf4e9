#include "monet/models/detail/cooccurrence.h"

#include "monet/models/detail/outputs.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace monet::models::detail {

namespace {

std::size_t at(Index i) {
  return static_cast<std::size_t>(i);
}

/// One row at a time: sums by column, and which columns have one.
class Accumulator {
 public:
  Accumulator(const graph::Bipartite& graph, std::span<const double> user_weights)
      : graph_(&graph), weights_(user_weights), sums_(at(graph.num_items()), 0.0) {}

  /// Sums of row i; the columns come in no order.
  const std::vector<std::int32_t>& row(Index i) {
    for (const std::int32_t j : columns_) sums_[at(j)] = 0.0;
    columns_.clear();
    for (const std::int32_t user : graph_->item_users().row(i)) {
      for (const std::int32_t j : graph_->user_items().row(user)) {
        if (j == i) continue;
        if (sums_[at(j)] == 0.0) columns_.push_back(j);
        sums_[at(j)] += weights_[at(user)];
      }
    }
    return columns_;
  }
  double sum(std::int32_t j) const { return sums_[at(j)]; }

 private:
  const graph::Bipartite* graph_;
  std::span<const double> weights_;
  std::vector<double> sums_;
  std::vector<std::int32_t> columns_;
};

struct Entry {
  std::int32_t column;
  float value;
};

/// Leaves the `count` largest entries, by column.
void keep_largest(std::vector<Entry>& entries, Index count) {
  if (static_cast<Index>(entries.size()) > count) {
    std::nth_element(entries.begin(), entries.begin() + count, entries.end(), [](const Entry& a, const Entry& b) {
      return a.value != b.value ? a.value > b.value : a.column < b.column;
    });
    entries.resize(at(count));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.column < b.column; });
}

/// `body(i, accumulator)` for every row. Workers take turns, as popular items often lie side by side.
template <class Body>
void for_items(ThreadPool& pool, const graph::Bipartite& graph, std::span<const double> user_weights, Body&& body) {
  pool.run([&](int worker) {
    Accumulator accumulator(graph, user_weights);
    for (Index i = worker; i < graph.num_items(); i += pool.size()) body(i, accumulator);
  });
}

}  // namespace

ItemSimilarity item_similarity(ThreadPool& pool, const graph::Bipartite& graph, std::span<const double> user_weights,
                               const Similarity& similarity, Index neighbours) {
  const Index num_items = graph.num_items();
  std::vector<Index> indptr(at(num_items + 1), 0);
  for_items(pool, graph, user_weights, [&](Index i, Accumulator& accumulator) {
    const auto count = static_cast<Index>(accumulator.row(i).size());
    indptr[at(i + 1)] = neighbours > 0 ? std::min(count, neighbours) : count;
  });
  for (Index i = 0; i < num_items; ++i) indptr[at(i + 1)] += indptr[at(i)];
  std::vector<std::int32_t> indices(at(indptr.back()));
  ItemSimilarity out;
  out.values.resize(indices.size());
  for_items(pool, graph, user_weights, [&](Index i, Accumulator& accumulator) {
    std::vector<Entry> entries;
    for (const std::int32_t j : accumulator.row(i)) {
      entries.push_back({j, static_cast<float>(similarity(i, j, accumulator.sum(j)))});
    }
    keep_largest(entries, indptr[at(i + 1)] - indptr[at(i)]);
    for (std::size_t k = 0; k < entries.size(); ++k) {
      indices[at(indptr[at(i)]) + k] = entries[k].column;
      out.values[at(indptr[at(i)]) + k] = entries[k].value;
    }
  });
  out.pattern = Csr(num_items, num_items, std::move(indptr), std::move(indices));
  return out;
}

std::vector<double> steps_from_users(const graph::Bipartite& graph, double exponent) {
  std::vector<double> steps;
  steps.reserve(at(graph.num_users()));
  for (Index u = 0; u < graph.num_users(); ++u) {
    steps.push_back(1.0 / std::pow(static_cast<double>(std::max<Index>(graph.user_items().degree(u), 1)), exponent));
  }
  return steps;
}

Output similarity_output(std::shared_ptr<const ItemSimilarity> similarity, const graph::Bipartite& graph) {
  Output out;
  const ItemSimilarity& kept = *out.keep(std::move(similarity));
  out.scoring.kind = scoring::ScoreKind::item_similarity;
  out.scoring.similarity = kept.pattern.view();
  out.scoring.similarity_values = kept.values;
  add_history(out, graph);
  return out;
}

std::size_t similarity_bytes(const data::Dataset& dataset, Index neighbours) {
  const Index num_items = dataset.num_items();
  double entries = 0.0;
  for (Index u = 0; u < dataset.train.rows(); ++u) {
    const auto degree = static_cast<double>(dataset.train.degree(u));
    entries += degree * (degree - 1.0);
  }
  const Index most = neighbours > 0 ? std::min(neighbours, num_items) : num_items;
  entries = std::min(entries, static_cast<double>(num_items) * static_cast<double>(most));
  return static_cast<std::size_t>(entries) * (sizeof(std::int32_t) + sizeof(float)) + at(num_items) * 3 * sizeof(Index);
}

}  // namespace monet::models::detail
