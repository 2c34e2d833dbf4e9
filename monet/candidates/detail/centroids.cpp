#include "monet/candidates/detail/centroids.h"

#include "monet/core/norm.h"
#include "monet/kernels/skinny_gemm.h"
#include "monet/kernels/transpose.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace monet::candidates::detail {

namespace {

constexpr Index kPanel = kernels::kSkinnyColumns;
constexpr Index kRows = 192;  // that meet a panel while both are in a core's own cache

}  // namespace

Centroids::Centroids(MatrixView<const float> points) : width_(points.cols) {
  const Index panels = (points.rows + kPanel - 1) / kPanel;
  panels_ = Matrix<float>::zeros(panels * width_, kPanel);
  for (Index k = 0; k < points.rows; k += kPanel) {
    const Index count = std::min(kPanel, points.rows - k);
    kernels::transpose(points.row_range(k, count),
                       panels_.view().row_range(k / kPanel * width_, width_).columns(0, count));
  }
  for (Index k = 0; k < points.rows; ++k) norms_.push_back(std::sqrt(square_norm(points.row_span(k))));
}

Index Centroids::columns() const {
  return (size() + kPanel - 1) / kPanel * kPanel;
}

float Centroids::value(Index centroid, Index column) const {
  return panels_(centroid / kPanel * width_ + column, centroid % kPanel);
}

void Centroids::products(MatrixView<const float> rows, MatrixView<float> out) const {
  for (Index first = 0; first < columns(); first += kPanel) {
    kernels::project_block(rows, panels_.view().row_range(first / kPanel * width_, width_), out.columns(first, kPanel));
  }
}

void Centroids::assign(ThreadPool& pool, MatrixView<const float> rows, std::span<std::int32_t> nearest,
                       std::span<float> distances, const std::atomic<bool>* stop) const {
  // argmin ‖x - μ‖² = argmax x·μ - ‖μ‖²/2.
  std::vector<float> half(static_cast<std::size_t>(columns()), std::numeric_limits<float>::max());
  for (std::size_t k = 0; k < norms_.size(); ++k) half[k] = static_cast<float>(0.5 * norms_[k] * norms_[k]);
  pool.for_range(rows.rows, [&](Index begin, Index end, int) {
    Matrix<float> scores(kRows, columns());
    for (Index first = begin; first < end; first += kRows) {
      check(stop);
      const Index count = std::min(kRows, end - first);
      products(rows.row_range(first, count), scores.view().row_range(0, count));
      for (Index r = 0; r < count; ++r) {
        const float* score = scores.row(r);
        Index best = 0;
        float most = score[0] - half[0];
        for (Index k = 1; k < size(); ++k) {
          const float here = score[k] - half[static_cast<std::size_t>(k)];
          if (here > most) {
            most = here;
            best = k;
          }
        }
        const auto at = static_cast<std::size_t>(first + r);
        nearest[at] = static_cast<std::int32_t>(best);
        distances[at] =
            static_cast<float>(std::max(0.0, square_norm(rows.row_span(first + r)) - 2.0 * static_cast<double>(most)));
      }
    }
  });
}

}  // namespace monet::candidates::detail
