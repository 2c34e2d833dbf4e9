#include "monet/models/detail/adjacency.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace monet::models::detail {

namespace {

/// The bipartite pattern over all nodes, with the diagonal if asked for; `weigh(degree of row, degree of column)` gives
/// the values.
template <class Weigh>
NodeMatrix build(const graph::Bipartite& graph, bool self_loops, Weigh&& weigh) {
  const Index num_users = graph.num_users();
  const Index nodes = num_users + graph.num_items();
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index u = 0; u < num_users; ++u) {
    for (const std::int32_t item : graph.user_items().row(u)) {
      const auto node = static_cast<std::int32_t>(num_users + item);
      pairs.emplace_back(static_cast<std::int32_t>(u), node);
      pairs.emplace_back(node, static_cast<std::int32_t>(u));
    }
  }
  for (std::int32_t v = 0; self_loops && v < static_cast<std::int32_t>(nodes); ++v) pairs.emplace_back(v, v);
  NodeMatrix out;
  out.pattern = std::make_shared<const autograd::SparsePattern>(Csr::from_pairs(nodes, nodes, pairs));
  const Csr& csr = out.pattern->csr;
  out.values = Matrix<float>(csr.nnz(), 1);
  Index k = 0;
  for (Index v = 0; v < nodes; ++v) {
    const auto own = static_cast<double>(csr.degree(v));
    for (const std::int32_t w : csr.row(v)) {
      out.values(k++, 0) = static_cast<float>(weigh(own, static_cast<double>(csr.degree(w))));
    }
  }
  out.transposed = Matrix<float>(csr.nnz(), 1);
  for (k = 0; k < csr.nnz(); ++k) {
    out.transposed(k, 0) = out.values(out.pattern->permutation[static_cast<std::size_t>(k)], 0);
  }
  return out;
}

std::span<const float> elements(const Matrix<float>& column) {
  return {column.data(), static_cast<std::size_t>(column.size())};
}

}  // namespace

autograd::ConstantMatrix NodeMatrix::constant() const {
  return {pattern.get(), elements(values), elements(transposed)};
}

NodeMatrix node_adjacency(const graph::Bipartite& graph, Adjacency kind) {
  if (kind == Adjacency::symmetric) {
    return build(graph, false, [](double a, double b) { return 1.0 / std::sqrt(a * b); });
  }
  return build(graph, true, [](double own, double) { return 1.0 / own; });
}

NodeMatrix node_mean(const graph::Bipartite& graph) {
  return build(graph, false, [](double own, double) { return 1.0 / own; });
}

}  // namespace monet::models::detail
