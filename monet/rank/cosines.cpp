#include "monet/rank/cosines.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/core/norm.h"
#include "monet/kernels/multiply_transposed.h"
#include "monet/kernels/skinny_gemm.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace monet::rank {

namespace {

void check(MatrixView<const float> rows, std::int32_t item, Index k) {
  if (k < 1) fail<InvalidArgument>("[nearest] k is {}, must be at least 1", k);
  if (item < 0 || item >= rows.rows) fail<InvalidArgument>("[nearest] item {} is outside [0, {})", item, rows.rows);
}

/// rows · rows[item], [1, I].
Matrix<float> products(ThreadPool& pool, MatrixView<const float> rows, std::int32_t item) {
  Matrix<float> out(1, rows.rows);
  pool.for_range(
      rows.rows,
      [&](Index begin, Index end, int) {
        kernels::multiply_transposed(rows.row_range(item, 1), rows.row_range(begin, end - begin),
                                     out.view().columns(begin, end - begin));
      },
      kernels::kSkinnyColumns);
  return out;
}

/// 0: no direction.
float inverse_norm_of(std::span<const float> row) {
  const double square = square_norm(row);
  const bool directed = square > 0.0 && std::isfinite(square);
  return directed ? static_cast<float>(1.0 / std::sqrt(square)) : 0.0F;
}

}  // namespace

Cosines::Cosines(MatrixView<const float> rows) : rows_(rows) {}

Cosines Cosines::extended(MatrixView<const float> longer) const {
  Cosines cosines(longer);
  cosines.known_ = norms_->taken ? norms_->inverse : known_;
  return cosines;
}

std::span<const float> Cosines::inverse_norms() const {
  std::call_once(norms_->once, [this] {
    std::vector<float> more;
    const auto known = static_cast<Index>(known_.size());
    more.reserve(static_cast<std::size_t>(rows_.rows - known));
    for (Index r = known; r < rows_.rows; ++r) more.push_back(inverse_norm_of(rows_.row_span(r)));
    norms_->inverse = known_.with(more);
    norms_->taken = true;
  });
  return norms_->inverse.values();
}

std::vector<Neighbour> Cosines::nearest(ThreadPool& pool, std::int32_t item, Index k) const {
  check(rows_, item, k);
  return best(all(pool, item), k);
}

float Cosines::between(std::int32_t a, std::int32_t b) const {
  check(rows_, a, 1);
  check(rows_, b, 1);
  const std::span<const float> row_a = rows_.row_span(a);
  const std::span<const float> row_b = rows_.row_span(b);
  float sum = 0.0F;
  for (std::size_t c = 0; c < row_a.size(); ++c) sum += row_a[c] * row_b[c];
  const std::span<const float> inverse = inverse_norms();
  return sum * inverse[static_cast<std::size_t>(a)] * inverse[static_cast<std::size_t>(b)];
}

std::vector<Neighbour> Cosines::all(ThreadPool& pool, std::int32_t item) const {
  check(rows_, item, 1);
  const std::span<const float> inverse = inverse_norms();
  const float own = inverse[static_cast<std::size_t>(item)];
  if (own == 0.0F) return {};
  const Matrix<float> dots = products(pool, rows_, item);
  std::vector<Neighbour> result;
  result.reserve(static_cast<std::size_t>(rows_.rows));
  for (std::int32_t other = 0; other < rows_.rows; ++other) {
    const float norm = inverse[static_cast<std::size_t>(other)];
    if (other != item && norm != 0.0F) result.push_back({other, dots(0, other) * own * norm});
  }
  return result;
}

std::vector<Neighbour> nearest_by_product(ThreadPool& pool, MatrixView<const float> rows, std::int32_t item, Index k) {
  check(rows, item, k);
  const Matrix<float> dots = products(pool, rows, item);
  std::vector<Neighbour> all;
  all.reserve(static_cast<std::size_t>(rows.rows));
  for (std::int32_t other = 0; other < rows.rows; ++other) {
    if (other != item) all.push_back({other, dots(0, other)});
  }
  return best(std::move(all), k);
}

std::vector<Neighbour> best(std::vector<Neighbour> neighbours, Index k) {
  const auto count = std::min(neighbours.size(), static_cast<std::size_t>(k));
  const auto end = neighbours.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(neighbours.begin(), end, neighbours.end(), [](const Neighbour& a, const Neighbour& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  });
  neighbours.resize(count);
  return neighbours;
}

}  // namespace monet::rank
