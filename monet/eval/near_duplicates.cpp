#include "monet/eval/near_duplicates.h"

#include "monet/core/matrix.h"
#include "monet/kernels/multiply_transposed.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::eval {

namespace {
constexpr Index kTileItems = 512;
constexpr Index kQueries = 2048;  // compared at a time
constexpr Index kFewest = 64;     // rows that are compared whatever the budget

struct Rows {
  MatrixView<const float> features;
  std::vector<float> mean;
  std::vector<float> scale;       // by row: 1 / norm of the row minus the mean; 0 where it is none
  std::vector<Index> directions;  // rows with a scale

  /// Row `r` as a unit vector from the mean.
  void unit(Index r, float* out) const {
    const float factor = scale[static_cast<std::size_t>(r)];
    for (Index c = 0; c < features.cols; ++c) out[c] = factor * (features(r, c) - mean[static_cast<std::size_t>(c)]);
  }
};

Rows center(MatrixView<const float> features) {
  Rows rows{features, std::vector<float>(static_cast<std::size_t>(features.cols)), {}, {}};
  std::vector<double> sum(rows.mean.size(), 0.0);
  for (Index r = 0; r < features.rows; ++r) {
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(features.row(r)[c]);
  }
  for (std::size_t c = 0; c < sum.size(); ++c) {
    rows.mean[c] = static_cast<float>(sum[c] / static_cast<double>(features.rows));
  }
  std::vector<double> norms;
  double total = 0.0;
  for (Index r = 0; r < features.rows; ++r) {
    double square = 0.0;
    for (std::size_t c = 0; c < sum.size(); ++c) {
      const double x = static_cast<double>(features.row(r)[c] - rows.mean[c]);
      square += x * x;
    }
    norms.push_back(std::sqrt(square));
    total += norms.back();
  }
  const double least = 1e-4 * total / static_cast<double>(features.rows);
  for (Index r = 0; r < features.rows; ++r) {
    const double norm = norms[static_cast<std::size_t>(r)];
    rows.scale.push_back(norm > least ? static_cast<float>(1.0 / norm) : 0.0F);
    if (norm > least) rows.directions.push_back(r);
  }
  return rows;
}

/// How many of the rows `queries` have a cosine of at least `threshold` with a row other than themselves.
Index count_found(ThreadPool& pool, const Rows& rows, const std::vector<Index>& queries, float threshold) {
  const Index width = rows.features.cols;
  const auto count = static_cast<Index>(queries.size());
  Matrix<float> units(count, width);
  for (Index q = 0; q < count; ++q) rows.unit(queries[static_cast<std::size_t>(q)], units.row(q));
  std::vector<std::vector<char>> found(static_cast<std::size_t>(pool.size()), std::vector<char>(queries.size(), 0));
  const auto num_rows = static_cast<Index>(rows.directions.size());
  pool.for_range(
      num_rows,
      [&](Index begin, Index end, int worker) {
        auto& mine = found[static_cast<std::size_t>(worker)];
        Matrix<float> tile(std::min(kTileItems, end - begin), width);
        Matrix<float> cosines(count, tile.rows());
        for (Index first = begin; first < end; first += kTileItems) {
          const Index size = std::min(kTileItems, end - first);
          for (Index k = 0; k < size; ++k) rows.unit(rows.directions[static_cast<std::size_t>(first + k)], tile.row(k));
          kernels::multiply_transposed(units, tile.view().row_range(0, size), cosines.view().columns(0, size));
          for (Index q = 0; q < count; ++q) {
            const auto at = static_cast<std::size_t>(q);
            for (Index k = 0; k < size && mine[at] == 0; ++k) {
              const bool self = rows.directions[static_cast<std::size_t>(first + k)] == queries[at];
              if (cosines(q, k) >= threshold && !self) mine[at] = 1;
            }
          }
        }
      },
      kTileItems);
  Index sum = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    sum += std::any_of(found.begin(), found.end(), [q](const auto& worker) { return worker[q] != 0; }) ? 1 : 0;
  }
  return sum;
}
}  // namespace

NearDuplicates near_duplicates(ThreadPool& pool, MatrixView<const float> features, double threshold, double budget) {
  NearDuplicates out;
  if (features.empty()) return out;
  const Rows rows = center(features);
  out.candidates = static_cast<Index>(rows.directions.size());
  out.at_mean = features.rows - out.candidates;
  if (out.candidates < 2) return out;
  const double one = static_cast<double>(out.candidates) * static_cast<double>(features.cols);
  const auto affordable = static_cast<Index>(std::min(budget / one, static_cast<double>(out.candidates)));
  out.compared = std::min(out.candidates, std::max(kFewest, affordable));
  for (Index begin = 0; begin < out.compared; begin += kQueries) {
    std::vector<Index> queries;
    for (Index q = begin; q < std::min(out.compared, begin + kQueries); ++q) {
      queries.push_back(rows.directions[static_cast<std::size_t>(q * out.candidates / out.compared)]);
    }
    out.found += count_found(pool, rows, queries, static_cast<float>(threshold));
  }
  return out;
}

}  // namespace monet::eval
