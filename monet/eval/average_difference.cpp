#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/eval/analyses.h"
#include "monet/kernels/multiply_transposed.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace monet::eval {

namespace {

constexpr Index kTile = 256;

double dot(const float* a, const float* b, Index width) {
  return std::inner_product(a, a + width, b, 0.0);
}

/// Items that have both a feature and an embedding direction, with the inverse norms of each.
struct InverseNorms {
  std::vector<Index> items;
  std::vector<float> features;
  std::vector<float> embeddings;
};

InverseNorms find_inverse_norms(MatrixView<const float> features, MatrixView<const float> embeddings) {
  if (features.rows != embeddings.rows) {
    fail<InvalidArgument>("[avg-diff] features of {} items, embeddings of {}", features.rows, embeddings.rows);
  }
  InverseNorms norms;
  for (Index i = 0; i < features.rows; ++i) {
    const double x = std::sqrt(dot(features.row(i), features.row(i), features.cols));
    const double e = std::sqrt(dot(embeddings.row(i), embeddings.row(i), embeddings.cols));
    if (!(x > 0.0) || !(e > 0.0)) continue;
    norms.items.push_back(i);
    norms.features.push_back(static_cast<float>(1.0 / x));
    norms.embeddings.push_back(static_cast<float>(1.0 / e));
  }
  if (norms.items.size() < 2) fail<DataError>("[avg-diff] fewer than two items have features and embeddings");
  return norms;
}

/// Unit rows of some items.
void load_tile(MatrixView<const float> rows, std::span<const Index> items, std::span<const float> inverse_norms,
               Matrix<float>& tile) {
  for (std::size_t k = 0; k < items.size(); ++k) {
    const float* from = rows.row(items[k]);
    float* to = tile.row(static_cast<Index>(k));
    for (Index c = 0; c < rows.cols; ++c) to[c] = from[c] * inverse_norms[k];
  }
}

struct Scratch {
  Scratch(Index feature_width, Index embedding_width)
      : x{Matrix<float>::zeros(kTile, feature_width), Matrix<float>::zeros(kTile, feature_width)},
        e{Matrix<float>::zeros(kTile, embedding_width), Matrix<float>::zeros(kTile, embedding_width)},
        x_cos(kTile, kTile),
        e_cos(kTile, kTile) {}
  Matrix<float> x[2], e[2], x_cos, e_cos;
};

}  // namespace

Estimate average_difference(ThreadPool& pool, MatrixView<const float> features, MatrixView<const float> embeddings) {
  const InverseNorms norms = find_inverse_norms(features, embeddings);
  const Index count = static_cast<Index>(norms.items.size());
  const Index tiles = (count + kTile - 1) / kTile;
  std::vector<std::pair<Index, Index>> jobs;
  for (Index a = 0; a < tiles; ++a) {
    for (Index b = a; b < tiles; ++b) jobs.emplace_back(a, b);
  }
  std::vector<double> sums(jobs.size(), 0.0);
  pool.for_range(static_cast<Index>(jobs.size()), [&](Index begin, Index end, int) {
    Scratch scratch(features.cols, embeddings.cols);
    Index loaded = -1;
    const auto load = [&](int side, Index tile) {
      const auto first = static_cast<std::size_t>(tile * kTile);
      const std::size_t rows = std::min(static_cast<std::size_t>(kTile), norms.items.size() - first);
      const auto items = std::span(norms.items).subspan(first, rows);
      load_tile(features, items, std::span(norms.features).subspan(first, rows), scratch.x[side]);
      load_tile(embeddings, items, std::span(norms.embeddings).subspan(first, rows), scratch.e[side]);
      return static_cast<Index>(rows);
    };
    Index rows = 0;
    for (Index job = begin; job < end; ++job) {
      const auto [a, b] = jobs[static_cast<std::size_t>(job)];
      if (a != loaded) rows = load(0, a);
      loaded = a;
      const Index cols = load(1, b);
      kernels::multiply_transposed(scratch.x[0], scratch.x[1], scratch.x_cos);
      kernels::multiply_transposed(scratch.e[0], scratch.e[1], scratch.e_cos);
      double sum = 0.0;
      for (Index r = 0; r < rows; ++r) {
        double row_sum = 0.0;
        for (Index c = a == b ? r + 1 : 0; c < cols; ++c) {
          row_sum += static_cast<double>(std::abs(scratch.x_cos(r, c) - scratch.e_cos(r, c)));
        }
        sum += row_sum;
      }
      sums[static_cast<std::size_t>(job)] = sum;
    }
  });
  const double pairs = static_cast<double>(count) * static_cast<double>(count - 1) / 2.0;
  return {std::accumulate(sums.begin(), sums.end(), 0.0) / pairs, 0.0, count * (count - 1)};
}

Estimate average_difference_sampled(Rng& rng, Index samples, MatrixView<const float> features,
                                    MatrixView<const float> embeddings) {
  if (samples < 2) fail<InvalidArgument>("[avg-diff] {} samples; at least 2 give a standard error", samples);
  const InverseNorms norms = find_inverse_norms(features, embeddings);
  const auto count = static_cast<std::uint64_t>(norms.items.size());
  double mean = 0.0;
  double squares = 0.0;
  for (Index n = 1; n <= samples; ++n) {
    const auto a = static_cast<std::size_t>(rng.below(count));
    auto b = static_cast<std::size_t>(rng.below(count - 1));
    if (b >= a) ++b;
    const auto cosine = [&](MatrixView<const float> rows, const std::vector<float>& inverse) {
      return dot(rows.row(norms.items[a]), rows.row(norms.items[b]), rows.cols) * static_cast<double>(inverse[a]) *
             static_cast<double>(inverse[b]);
    };
    const double x = std::abs(cosine(features, norms.features) - cosine(embeddings, norms.embeddings));
    const double step = x - mean;
    mean += step / static_cast<double>(n);
    squares += step * (x - mean);
  }
  const double variance = squares / static_cast<double>(samples - 1);
  return {mean, std::sqrt(variance / static_cast<double>(samples)), samples};
}

}  // namespace monet::eval
