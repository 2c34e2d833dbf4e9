#include "monet/rank/detail/similarity_rows.h"

#include "monet/core/matrix.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::rank::detail {

void score_similarity(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                      Index max_users, TileConsumer& consumer) {
  const scoring::Items& items = candidates.items();
  const CsrView similarity = items.similarity();
  const Index count = static_cast<Index>(queries.size());
  std::vector<std::int32_t> rows;
  for (Index first = 0; first < count; first += max_users) {
    rows.resize(static_cast<std::size_t>(std::min(max_users, count - first)));
    std::iota(rows.begin(), rows.end(), static_cast<std::int32_t>(first));
    consumer.begin_block(rows, pool.size());
    pool.for_range(static_cast<Index>(rows.size()), [&](Index begin, Index end, int worker) {
      std::vector<double> sums(static_cast<std::size_t>(items.size()));
      Matrix<float> scores(1, candidates.size());
      for (Index r = begin; r < end; ++r) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (const std::int32_t item : queries[static_cast<std::size_t>(first + r)].history) {
          const auto from = static_cast<std::size_t>(similarity.indptr[static_cast<std::size_t>(item)]);
          const auto similar = similarity.row(item);
          for (std::size_t k = 0; k < similar.size(); ++k) {
            sums[static_cast<std::size_t>(similar[k])] += static_cast<double>(items.similarity_values()[from + k]);
          }
        }
        for (Index c = 0; c < candidates.size(); ++c) {
          scores(0, c) = static_cast<float>(sums[static_cast<std::size_t>(candidates.item(c))]);
        }
        consumer.tile(worker, r, 0, scores.view());
      }
    });
    consumer.end_block(pool);
  }
}

}  // namespace monet::rank::detail
