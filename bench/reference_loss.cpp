#include "bench/reference_loss.h"

#include "monet/core/matrix.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace monet::bench {

namespace {

MatrixView<const float> parameter(const models::ParameterSet& parameters, const std::string& name) {
  for (const auto& p : parameters.parameters()) {
    if (p.name == name) return p.value;
  }
  return {};
}

double dot(const double* a, const double* b, Index size) {
  double sum = 0.0;
  for (Index c = 0; c < size; ++c) sum += a[c] * b[c];
  return sum;
}

// y = Â x + α y0 for one side.
void layer(const Csr& pattern, const Csr& back, const Matrix<double>& x, const Matrix<double>& self, double alpha,
           Matrix<double>& y) {
  for (Index r = 0; r < y.rows(); ++r) {
    for (Index c = 0; c < y.cols(); ++c) y(r, c) = alpha * self(r, c);
    for (const std::int32_t n : pattern.row(r)) {
      const double w = 1.0 / std::sqrt(static_cast<double>(pattern.degree(r)) * static_cast<double>(back.degree(n)));
      for (Index c = 0; c < y.cols(); ++c) y(r, c) += w * x(n, c);
    }
  }
}

}  // namespace

double reference_loss(const models::ParameterSet& parameters, const data::Dataset& dataset,
                      const graph::Bipartite& graph, const models::Monet::Options& options,
                      const models::Batch& batch) {
  const Index d = options.dim;
  const Index width = d * static_cast<Index>(dataset.modalities.size());
  Matrix<double> users(dataset.num_users(), width), items(dataset.num_items(), width);
  Index first = 0;
  for (const auto& modality : dataset.modalities) {
    const auto preference = parameter(parameters, "user_preference." + modality.name);
    for (Index u = 0; u < users.rows(); ++u) {
      for (Index c = 0; c < d; ++c) users(u, first + c) = preference(u, c);
    }
    const auto weight = parameter(parameters, "projection." + modality.name + ".weight");
    const auto bias = parameter(parameters, "projection." + modality.name + ".bias");
    for (Index i = 0; i < items.rows(); ++i) {
      double square = 0.0;
      for (Index c = 0; c < d; ++c) {
        double z = bias(0, c);
        for (Index f = 0; f < weight.cols; ++f) z += static_cast<double>(weight(c, f)) * modality.features(i, f);
        items(i, first + c) = z;
        square += z * z;
      }
      const double norm = std::max(std::sqrt(square), 1e-12);
      for (Index c = 0; c < d; ++c) items(i, first + c) /= norm;
    }
    first += d;
  }
  for (int l = 0; l < options.layers; ++l) {
    Matrix<double> next_users(users.rows(), width), next_items(items.rows(), width);
    layer(graph.user_items(), graph.item_users(), items, users, options.alpha, next_users);
    layer(graph.item_users(), graph.user_items(), users, items, options.alpha, next_items);
    users = std::move(next_users);
    items = std::move(next_items);
  }
  const auto score = [&](std::int32_t user, std::int32_t item) {
    const auto history = graph.user_items().row(user);
    std::vector<double> s;
    for (const std::int32_t k : history) s.push_back(dot(items.row(k), items.row(item), width));
    const double maximum = *std::max_element(s.begin(), s.end());
    double weights = 0.0;
    double weighted = 0.0;
    for (const double x : s) {
      weights += std::exp(x - maximum);
      weighted += std::exp(x - maximum) * x;
    }
    return (1.0 - options.beta) * dot(users.row(user), items.row(item), width) + options.beta * weighted / weights;
  };
  double loss = 0.0;
  for (std::size_t b = 0; b < batch.users.size(); ++b) {
    const double margin = score(batch.users[b], batch.positives[b]) - score(batch.users[b], batch.negatives[b]);
    loss += std::log1p(std::exp(-std::abs(margin))) + std::max(-margin, 0.0);
  }
  return loss / static_cast<double>(batch.users.size());
}

}  // namespace monet::bench
