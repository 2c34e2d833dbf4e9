#include "monet/rank/detail/blend_rows.h"

#include "monet/core/matrix.h"
#include "monet/rank/blend.h"
#include "monet/rank/detail/fill_matrix.h"
#include "monet/rank/detail/score_table.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::rank::detail {

namespace {

// Of blocks of 16 MB a target-aware part shares fewer products: 1,034 ms in blend_bench, by these 893.
constexpr Index kMatrixBytes = Index{64} << 20;
// Candidates handed over at a time: between two tiles a consumer learns what is still worth looking at.
constexpr Index kHandedOver = 512;

/// blended = (or +=) weight · standardised scores, for rows of queries from `first` on.
void add_part(ThreadPool& pool, const scoring::Items& items, std::span<const scoring::Query> queries, double weight,
              bool is_first, MatrixView<float> scores, MatrixView<float> blended) {
  const auto w = static_cast<float>(weight);
  pool.for_range(scores.rows, [&](Index begin, Index end, int) {
    for (Index r = begin; r < end; ++r) {
      standardise(items.blend_by(), queries[static_cast<std::size_t>(r)].history, scores.row_span(r));
      const float* from = scores.row(r);
      float* to = blended.row(r);
      if (is_first) {
        for (Index c = 0; c < scores.cols; ++c) to[c] = w * from[c];
      } else {
        for (Index c = 0; c < scores.cols; ++c) to[c] += w * from[c];
      }
    }
  });
}

void hand_over(ThreadPool& pool, const CandidateTable& candidates, MatrixView<float> blended, TileConsumer& consumer) {
  pool.for_range(blended.rows, [&](Index begin, Index end, int worker) {
    Matrix<float> gathered(1, candidates.all() ? 0 : candidates.size());
    for (Index r = begin; r < end; ++r) {
      MatrixView<float> row = blended.row_range(r, 1);
      if (!candidates.all()) {
        for (Index c = 0; c < candidates.size(); ++c) gathered(0, c) = row(0, candidates.item(c));
        row = gathered.view();
      }
      for (Index c = 0; c < row.cols; c += kHandedOver) {
        consumer.tile(worker, r, c, row.columns(c, std::min(kHandedOver, row.cols - c)));
      }
    }
  });
}

}  // namespace

void score_blend(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                 const TileOptions& options, Index max_users, TileConsumer& consumer) {
  const scoring::Items& items = candidates.items();
  const auto count = static_cast<Index>(queries.size());
  const Index fitting = kMatrixBytes / (std::max<Index>(items.size(), 1) * static_cast<Index>(sizeof(float)));
  const Index most = std::min(count, std::clamp<Index>(fitting, 1, max_users));
  Matrix<float> part_scores(most, items.size());
  Matrix<float> all_blended(most, items.size());
  std::vector<std::int32_t> places(static_cast<std::size_t>(most));
  std::iota(places.begin(), places.end(), 0);
  std::vector<std::int32_t> rows;
  std::vector<scoring::Query> of_part;
  for (Index first = 0; first < count; first += most) {
    const Index block = std::min(most, count - first);
    rows.resize(static_cast<std::size_t>(block));
    std::iota(rows.begin(), rows.end(), static_cast<std::int32_t>(first));
    consumer.begin_block(rows, pool.size());
    const MatrixView<float> scores = part_scores.view().row_range(0, block);
    const MatrixView<float> blended = all_blended.view().row_range(0, block);
    bool is_first = true;
    for (std::size_t m = 0; m < items.parts().size(); ++m) {
      if (items.weights()[m] == 0.0) continue;
      of_part.clear();
      for (const std::int32_t row : rows) {
        of_part.push_back(scoring::part_query(queries[static_cast<std::size_t>(row)], m));
      }
      FillMatrix fill(scores, places);
      score_table(pool, CandidateTable(items.parts()[m]), of_part, {options.tile_items, 0}, fill);
      add_part(pool, items, of_part, items.weights()[m], is_first, scores, blended);
      is_first = false;
    }
    hand_over(pool, candidates, blended, consumer);
    consumer.end_block(pool);
  }
}

}  // namespace monet::rank::detail
