#include "monet/graph/knn.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/kernels/gemm.h"
#include "monet/kernels/topk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace monet::graph {

namespace {

// The products of a tile stay in a core's own cache. Both are multiples of every kernel's blocks, and short tiles are
// padded: each product is then rounded the same way wherever its tile lies, and equal rows tie exactly.
constexpr Index kTileRows = 192;
constexpr Index kTileCols = 768;

Index round_up(Index count, Index multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// A candidate; "less" is better, so that the front of a heap is the worst.
struct Neighbour {
  float similarity;
  std::int32_t row;
  friend bool operator<(const Neighbour& a, const Neighbour& b) {
    return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
  }
};

/// Rows divided by their norms, and rows of zeros after the last up to a multiple of both tile sides.
struct UnitRows {
  Matrix<float> rows;
  std::vector<std::uint8_t> is_zero;
};

UnitRows unit_rows(MatrixView<const float> features) {
  UnitRows out{Matrix<float>::zeros(round_up(features.rows, kTileCols), features.cols), {}};
  static_assert(kTileCols % kTileRows == 0);
  out.is_zero.assign(static_cast<std::size_t>(features.rows), 0);
  for (Index r = 0; r < features.rows; ++r) {
    double square = 0.0;
    for (const float x : features.row_span(r)) square += static_cast<double>(x) * static_cast<double>(x);
    if (!std::isfinite(square)) {
      fail<DataError>("[knn] row {} has a value that is not finite; the features are damaged or the model has diverged",
                      r);
    }
    out.is_zero[static_cast<std::size_t>(r)] = square == 0.0;
    const double inverse = square == 0.0 ? 0.0 : 1.0 / std::sqrt(square);
    const float* from = features.row(r);
    float* to = out.rows.row(r);
    for (Index c = 0; c < features.cols; ++c) to[c] = static_cast<float>(static_cast<double>(from[c]) * inverse);
  }
  return out;
}

/// The lists of one tile of rows.
class TileLists {
 public:
  TileLists(Index count, Index k, float least)
      : k_(static_cast<std::size_t>(k)),
        lists_(static_cast<std::size_t>(count)),
        thresholds_(static_cast<std::size_t>(count), least),
        columns_(static_cast<std::size_t>(count * kTileCols + kernels::kFindAboveSlack)),
        ends_(static_cast<std::size_t>(count)) {}

  void add(MatrixView<const float> products, Index first_col, const std::vector<std::uint8_t>& skip) {
    kernels::find_above(products, thresholds_.data(), columns_.data(), ends_.data());
    Index at = 0;
    for (Index r = 0; r < products.rows; ++r) {
      for (; at < ends_[static_cast<std::size_t>(r)]; ++at) {
        const std::int32_t column = columns_[static_cast<std::size_t>(at)];
        const auto row = static_cast<std::int32_t>(first_col + column);
        if (skip[static_cast<std::size_t>(row)] == 0) insert(static_cast<std::size_t>(r), {products(r, column), row});
      }
    }
  }

  /// Best first.
  std::vector<Neighbour>& list(Index r) { return lists_[static_cast<std::size_t>(r)]; }

 private:
  void insert(std::size_t r, Neighbour candidate) {
    std::vector<Neighbour>& heap = lists_[r];
    if (heap.size() == k_) {
      if (!(candidate < heap.front())) return;
      std::pop_heap(heap.begin(), heap.end());
      heap.pop_back();
    }
    heap.push_back(candidate);
    std::push_heap(heap.begin(), heap.end());
    // Rows come ascending, so one that only equals the worst comes too late.
    if (heap.size() == k_) thresholds_[r] = heap.front().similarity;
  }

  std::size_t k_;
  std::vector<std::vector<Neighbour>> lists_;
  std::vector<float> thresholds_;
  std::vector<std::int32_t> columns_;
  std::vector<Index> ends_;
};

}  // namespace

KnnGraph cosine_neighbours(ThreadPool& pool, MatrixView<const float> features, const KnnOptions& options) {
  if (options.neighbours < 1) fail<InvalidArgument>("[knn] {} neighbours; it must be at least 1", options.neighbours);
  const UnitRows unit = unit_rows(features);
  const Index n = features.rows;
  const Index k = std::min(options.neighbours, n);
  const float least = options.keep_negative ? std::numeric_limits<float>::lowest() : 0.0F;
  std::vector<std::vector<Neighbour>> nearest(static_cast<std::size_t>(n));
  const Index row_tiles = (n + kTileRows - 1) / kTileRows;
  pool.for_range(row_tiles, [&](Index begin, Index end, int) {
    Matrix<float> products(kTileRows, kTileCols);
    for (Index tile = begin; tile < end; ++tile) {
      const Index first = tile * kTileRows;
      const Index count = std::min(kTileRows, n - first);
      TileLists lists(count, k, least);
      for (Index c = 0; c < n; c += kTileCols) {
        kernels::gemm(kernels::Transpose::no, kernels::Transpose::yes, unit.rows.view().row_range(first, kTileRows),
                      unit.rows.view().row_range(c, kTileCols), false, products);
        lists.add({products.data(), count, std::min(kTileCols, n - c), kTileCols}, c, unit.is_zero);
      }
      for (Index r = 0; r < count; ++r) {
        if (unit.is_zero[static_cast<std::size_t>(first + r)] != 0) continue;
        std::vector<Neighbour>& list = lists.list(r);
        std::sort(list.begin(), list.end(), [](const Neighbour& a, const Neighbour& b) { return a.row < b.row; });
        nearest[static_cast<std::size_t>(first + r)] = std::move(list);
      }
    }
  });

  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  KnnGraph out;
  for (const std::vector<Neighbour>& list : nearest) {
    for (const Neighbour& neighbour : list) {
      indices.push_back(neighbour.row);
      out.similarities.push_back(neighbour.similarity);
    }
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  out.pattern = Csr(n, n, std::move(indptr), std::move(indices));
  return out;
}

}  // namespace monet::graph
