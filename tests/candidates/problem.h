#pragma once

#include "monet/candidates/cell_index.h"
#include "monet/core/rng.h"
#include "tests/rank/problem.h"

#include <memory>
#include <vector>

namespace monet::testing {

inline std::unique_ptr<const candidates::CellIndex> index_of(const scoring::Items& items, Index cells = 0) {
  ThreadPool pool(2);
  candidates::BuildOptions options;
  options.cells = cells;
  return candidates::CellIndex::build(pool, items, options);
}

/// Makes a problem's items lie around `tastes` points, at a distance of `own` of their lengths; users near items.
inline void cluster(Problem& problem, Index tastes, double own) {
  Rng rng(17);
  MatrixView<float> items = problem.item_memory.view();
  for (Index i = tastes; i < items.rows; ++i) {
    for (Index c = 0; c < items.cols; ++c) {
      items(i, c) =
          static_cast<float>(static_cast<double>(items(i % tastes, c)) + own * static_cast<double>(items(i, c)));
    }
  }
  const Index width = problem.scoring.item_embedding.cols;
  for (Index u = 0; u < problem.user_memory.rows(); ++u) {
    const auto item = static_cast<Index>(rng.below(static_cast<std::uint64_t>(items.rows)));
    for (Index c = 0; c < width; ++c) problem.user_memory(u, c + 1) += items(item, c + 2);
  }
}

}  // namespace monet::testing
