#include "monet/rank/detail/similarity_rows.h"

#include "monet/core/matrix.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::rank::detail {

void score_similarity(ThreadPool& pool, const scoring::Scoring& scoring, std::span<const std::int32_t> users,
                      Index max_users, TileConsumer& consumer) {
  const Index num_items = scoring.similarity.cols;
  const Index count = static_cast<Index>(users.size());
  std::vector<std::int32_t> rows;
  for (Index first = 0; first < count; first += max_users) {
    rows.resize(static_cast<std::size_t>(std::min(max_users, count - first)));
    std::iota(rows.begin(), rows.end(), static_cast<std::int32_t>(first));
    consumer.begin_block(rows, pool.size());
    pool.for_range(static_cast<Index>(rows.size()), [&](Index begin, Index end, int worker) {
      std::vector<double> sums(static_cast<std::size_t>(num_items));
      Matrix<float> scores(1, num_items);
      for (Index r = begin; r < end; ++r) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (const std::int32_t item : scoring.history.row(users[static_cast<std::size_t>(first + r)])) {
          const auto from = static_cast<std::size_t>(scoring.similarity.indptr[static_cast<std::size_t>(item)]);
          const auto similar = scoring.similarity.row(item);
          for (std::size_t k = 0; k < similar.size(); ++k) {
            sums[static_cast<std::size_t>(similar[k])] += static_cast<double>(scoring.similarity_values[from + k]);
          }
        }
        std::transform(sums.begin(), sums.end(), scores.data(), [](double x) { return static_cast<float>(x); });
        consumer.tile(worker, r, 0, scores.view());
      }
    });
    consumer.end_block(pool);
  }
}

}  // namespace monet::rank::detail
