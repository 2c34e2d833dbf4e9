#include "monet/eval/list_similarity.h"

#include "monet/core/matrix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace monet::eval {

namespace {

// Columns that are looked at together: unit vectors of all items, cut to these, stay in the cache while lists are gone
// through, and a sum of them in registers. Packed, because rows a power of two apart would push each other out.
constexpr Index kColumns = 16;
using Sum = std::array<double, kColumns>;

double square(const Sum& sum) {
  return std::inner_product(sum.begin(), sum.end(), sum.begin(), 0.0);
}

/// Adds to squares[r, n] the squared length of the sum of the vectors of the first ks[n] of list r, for lists [begin,
/// end). `ascending` are the places of `ks` from the smallest K up.
void add_squares(const Lists& lists, std::span<const Index> ks, std::span<const std::size_t> ascending,
                 MatrixView<const double> vectors, Index begin, Index end, MatrixView<double> squares) {
  for (Index r = begin; r < end; ++r) {
    Sum sum{};
    std::size_t at = 0;
    for (const std::size_t n : ascending) {
      const auto top = lists.top(r, ks[n]);
      for (; at < top.size(); ++at) {
        const double* vector = vectors.row(top[at]);
        for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += vector[c];
      }
      squares(r, static_cast<Index>(n)) += square(sum);
    }
  }
}

}  // namespace

ListSimilarity::ListSimilarity(ThreadPool& pool, MatrixView<const float> features)
    : features_(features), inverse_norms_(static_cast<std::size_t>(features.rows)) {
  pool.for_range(features.rows, [&](Index begin, Index end, int) {
    for (Index i = begin; i < end; ++i) {
      double square = 0.0;
      for (const float x : features.row_span(i)) square += static_cast<double>(x) * static_cast<double>(x);
      inverse_norms_[static_cast<std::size_t>(i)] = square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;
    }
  });
}

void ListSimilarity::of_lists(ThreadPool& pool, const Lists& lists, std::span<const Index> ks,
                              MatrixView<double> out) const {
  std::vector<std::size_t> ascending(ks.size());
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  std::sort(ascending.begin(), ascending.end(), [&](std::size_t a, std::size_t b) { return ks[a] < ks[b]; });
  fill(out, 0.0);
  Matrix<double> units(features_.rows, kColumns);
  for (Index first = 0; first < features_.cols; first += kColumns) {
    const MatrixView<const float> columns = features_.columns(first, std::min(kColumns, features_.cols - first));
    pool.for_range(columns.rows, [&](Index begin, Index end, int) {
      for (Index i = begin; i < end; ++i) {
        const double scale = inverse_norms_[static_cast<std::size_t>(i)];
        double* unit = units.row(i);
        std::fill_n(std::transform(columns.row(i), columns.row(i) + columns.cols, unit,
                                   [&](float x) { return scale * static_cast<double>(x); }),
                    kColumns - columns.cols, 0.0);
      }
    });
    pool.for_range(lists.size(),
                   [&](Index begin, Index end, int) { add_squares(lists, ks, ascending, units, begin, end, out); });
  }
  for (Index r = 0; r < lists.size(); ++r) {
    for (std::size_t n = 0; n < ks.size(); ++n) {
      const auto top = lists.top(r, ks[n]);
      const auto length = static_cast<double>(top.size());
      const auto directions = static_cast<double>(std::count_if(top.begin(), top.end(), [&](std::int32_t item) {
        return inverse_norms_[static_cast<std::size_t>(item)] > 0.0;
      }));
      double& value = out(r, static_cast<Index>(n));
      value =
          top.size() < 2 ? std::numeric_limits<double>::quiet_NaN() : (value - directions) / (length * (length - 1.0));
    }
  }
}

}  // namespace monet::eval
