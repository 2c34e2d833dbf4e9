#include "monet/models/detail/knn_item_graphs.h"

#include "monet/graph/knn.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace monet::models::detail {

namespace {

/// With the values of the transpose in its order.
NodeMatrix completed(autograd::PatternPtr pattern, Matrix<float>&& values) {
  NodeMatrix out{std::move(pattern), std::move(values), {}};
  out.transposed = Matrix<float>(out.values.rows(), 1);
  for (Index k = 0; k < out.values.rows(); ++k) {
    out.transposed(k, 0) = out.values(out.pattern->permutation[static_cast<std::size_t>(k)], 0);
  }
  return out;
}

template <class Merge>
NodeMatrix merged(std::span<const NodeMatrix> graphs, Merge&& merge) {
  std::vector<autograd::PatternPtr> patterns;
  for (const NodeMatrix& graph : graphs) patterns.push_back(graph.pattern);
  const autograd::PatternUnion united = autograd::unite(patterns);
  Matrix<float> values = Matrix<float>::zeros(united.pattern->nnz(), 1);
  for (std::size_t g = 0; g < graphs.size(); ++g) {
    for (Index k = 0; k < graphs[g].values.rows(); ++k) {
      merge(values(united.positions[g][static_cast<std::size_t>(k)], 0), graphs[g].values(k, 0), g);
    }
  }
  return completed(united.pattern, std::move(values));
}

}  // namespace

NodeMatrix knn_item_graph(ThreadPool& pool, MatrixView<const float> features, Index neighbours,
                          NeighbourWeight weight) {
  const bool equal = weight == NeighbourWeight::equal;
  graph::KnnGraph knn = graph::cosine_neighbours(pool, features, {neighbours, equal});
  if (equal) std::fill(knn.similarities.begin(), knn.similarities.end(), 1.0F);
  auto pattern = std::make_shared<const autograd::SparsePattern>(std::move(knn.pattern));
  const Csr& csr = pattern->csr;
  std::vector<double> degrees(static_cast<std::size_t>(csr.rows()), 0.0);
  std::size_t k = 0;
  for (double& degree : degrees) {
    for (Index n = csr.degree(&degree - degrees.data()); n > 0; --n) {
      degree += static_cast<double>(knn.similarities[k++]);
    }
  }
  Matrix<float> values(csr.nnz(), 1);
  k = 0;
  for (Index r = 0; r < csr.rows(); ++r) {
    for (const std::int32_t c : csr.row(r)) {
      const double product = degrees[static_cast<std::size_t>(r)] * degrees[static_cast<std::size_t>(c)];
      values(static_cast<Index>(k), 0) =
          static_cast<float>(static_cast<double>(knn.similarities[k]) / std::sqrt(product));
      ++k;
    }
  }
  return completed(std::move(pattern), std::move(values));
}

NodeMatrix weighted_union(std::span<const NodeMatrix> graphs, std::span<const float> weights) {
  return merged(graphs, [&](float& sum, float value, std::size_t g) { sum += weights[g] * value; });
}

NodeMatrix largest_union(std::span<const NodeMatrix> graphs) {
  return merged(graphs, [](float& largest, float value, std::size_t) { largest = std::max(largest, value); });
}

std::size_t knn_bytes(const data::Dataset& dataset, Index neighbours, Index copies) {
  const Index items = dataset.num_items();
  std::size_t bytes = 0;
  Index widest = 0;
  for (const data::Modality& modality : dataset.modalities) {
    widest = std::max(widest, modality.features.cols());
    bytes += static_cast<std::size_t>(items * std::min(neighbours, items) * copies) * kMatrixEntryBytes;
  }
  return bytes + static_cast<std::size_t>(items * widest) * sizeof(float);  // unit rows of a graph in the making
}

}  // namespace monet::models::detail
