#include "monet/eval/near_duplicates.h"

#include "monet/core/matrix.h"
#include "monet/eval/detail/directions.h"
#include "monet/kernels/multiply_transposed.h"

#include <algorithm>
#include <vector>

namespace monet::eval {

namespace {
constexpr Index kTileItems = 512;
constexpr Index kQueries = 2048;  // compared at a time
constexpr Index kFewest = 64;     // rows that are compared whatever the budget

/// How many of the rows `queries` have a cosine of at least `threshold` with a row other than themselves.
Index count_found(ThreadPool& pool, const Directions& rows, const std::vector<Index>& queries, float threshold) {
  const Index width = rows.features.cols;
  const auto count = static_cast<Index>(queries.size());
  Matrix<float> units(count, width);
  for (Index q = 0; q < count; ++q) rows.unit(queries[static_cast<std::size_t>(q)], units.row(q));
  std::vector<std::vector<char>> found(static_cast<std::size_t>(pool.size()), std::vector<char>(queries.size(), 0));
  const auto num_rows = static_cast<Index>(rows.rows.size());
  pool.for_range(
      num_rows,
      [&](Index begin, Index end, int worker) {
        auto& mine = found[static_cast<std::size_t>(worker)];
        Matrix<float> tile(std::min(kTileItems, end - begin), width);
        Matrix<float> cosines(count, tile.rows());
        for (Index first = begin; first < end; first += kTileItems) {
          const Index size = std::min(kTileItems, end - first);
          for (Index k = 0; k < size; ++k) rows.unit(rows.rows[static_cast<std::size_t>(first + k)], tile.row(k));
          kernels::multiply_transposed(units, tile.view().row_range(0, size), cosines.view().columns(0, size));
          for (Index q = 0; q < count; ++q) {
            const auto at = static_cast<std::size_t>(q);
            for (Index k = 0; k < size && mine[at] == 0; ++k) {
              const bool self = rows.rows[static_cast<std::size_t>(first + k)] == queries[at];
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
  return near_duplicates(pool, directions(features), threshold, budget);
}

NearDuplicates near_duplicates(ThreadPool& pool, const Directions& rows, double threshold, double budget) {
  const MatrixView<const float> features = rows.features;
  NearDuplicates out;
  if (features.empty()) return out;
  out.candidates = static_cast<Index>(rows.rows.size());
  out.at_mean = features.rows - out.candidates;
  if (out.candidates < 2) return out;
  const double one = static_cast<double>(out.candidates) * static_cast<double>(features.cols);
  const auto affordable = static_cast<Index>(std::min(budget / one, static_cast<double>(out.candidates)));
  out.compared = std::min(out.candidates, std::max(kFewest, affordable));
  for (Index begin = 0; begin < out.compared; begin += kQueries) {
    std::vector<Index> queries;
    for (Index q = begin; q < std::min(out.compared, begin + kQueries); ++q) {
      queries.push_back(rows.rows[static_cast<std::size_t>(q * out.candidates / out.compared)]);
    }
    out.found += count_found(pool, rows, queries, static_cast<float>(threshold));
  }
  return out;
}

}  // namespace monet::eval
