#include "monet/rank/detail/pairwise_tiles.h"

#include "monet/core/matrix.h"
#include "monet/kernels/modality_attention.h"
#include "monet/kernels/rank_tile.h"
#include "monet/kernels/skinny_gemm.h"
#include "monet/kernels/transpose.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::rank::detail {

namespace {

// Rows of the stacked matrices: those of one modality and the products with a tile stay in a core's own cache.
constexpr Index kStackedRows = 512;

/// Scores queries against tiles of candidates; one per worker.
class PairwiseScorer {
 public:
  PairwiseScorer(const CandidateTable& candidates, Index tile_items)
      : attention_(&candidates.items().attention()),
        embedding_(candidates.embedding()),
        width_((tile_items + kernels::kTileColumns - 1) / kernels::kTileColumns * kernels::kTileColumns),
        dim_(attention_->weight.cols),
        hidden_(attention_->weight.rows),
        slabs_(embedding_.cols / dim_),
        group_(std::max<Index>(1, kStackedRows / (hidden_ + 1))),
        stacked_(slabs_ * group_ * (hidden_ + 1), dim_),
        items_(dim_, width_),
        products_(group_ * (hidden_ + 1), width_),
        logits_(group_ * slabs_, width_),
        sums_(group_ * slabs_, width_),
        scores_(group_, width_) {}

  Index group() const { return group_; }

  void take_users(std::span<const scoring::Query> queries) {
    count_ = static_cast<Index>(queries.size());
    const auto& weight = attention_->weight;
    for (Index m = 0; m < slabs_; ++m) {
      for (Index u = 0; u < count_; ++u) {
        const float* p = queries[static_cast<std::size_t>(u)].embedding.data() + m * dim_;
        const Index first = (m * group_ + u) * (hidden_ + 1);
        for (Index j = 0; j < hidden_; ++j) {
          float* to = stacked_.row(first + j);
          for (Index c = 0; c < dim_; ++c) to[c] = weight(j, c) * p[c];
        }
        std::copy_n(p, dim_, stacked_.row(first + hidden_));
      }
    }
  }

  /// Scores of the queries taken for `count` candidates from `item_begin`; valid until the next call.
  MatrixView<float> score(Index item_begin, Index count) {
    const Index rows = count_ * (hidden_ + 1);
    for (Index m = 0; m < slabs_; ++m) {
      kernels::transpose(embedding_.columns(m * dim_, dim_).row_range(item_begin, count),
                         items_.view().columns(0, count));
      fill(items_.view().columns(count, width_ - count), 0.0F);
      kernels::project_block(stacked_.view().row_range(m * group_ * (hidden_ + 1), rows), items_,
                             products_.view().row_range(0, rows));
      for (Index u = 0; u < count_; ++u) {
        const Index first = u * (hidden_ + 1);
        kernels::tanh_logits(products_.view().row_range(first, hidden_), attention_->bias.data(),
                             attention_->vector.data(), logits_.row(u * slabs_ + m));
        std::copy_n(products_.row(first + hidden_), width_, sums_.row(u * slabs_ + m));
      }
    }
    for (Index u = 0; u < count_; ++u) {
      kernels::softmax_mix(logits_.view().row_range(u * slabs_, slabs_), sums_.view().row_range(u * slabs_, slabs_),
                           scores_.row(u));
    }
    return scores_.view().row_range(0, count_).columns(0, count);
  }

 private:
  const scoring::ModalityAttention* attention_;
  MatrixView<const float> embedding_;
  Index width_;   // of a tile, padded
  Index dim_;     // d
  Index hidden_;  // a
  Index slabs_;   // M
  Index group_;   // most users at a time
  Index count_ = 0;
  Matrix<float> stacked_;
  Matrix<float> items_;  // [d, T] of one modality, zero past the last item
  Matrix<float> products_;
  Matrix<float> logits_, sums_;  // [users · M, T]
  Matrix<float> scores_;
};

}  // namespace

void score_pairwise(ThreadPool& pool, const CandidateTable& candidates, std::span<const scoring::Query> queries,
                    Index max_users, Index tile_items, TileConsumer& consumer) {
  const Index num_items = candidates.size();
  const Index tiles = (num_items + tile_items - 1) / tile_items;
  const auto num_users = static_cast<Index>(queries.size());
  std::vector<std::int32_t> rows;
  for (Index begin = 0; begin < num_users; begin += max_users) {
    const Index block = std::min(max_users, num_users - begin);
    rows.resize(static_cast<std::size_t>(block));
    std::iota(rows.begin(), rows.end(), static_cast<std::int32_t>(begin));
    consumer.begin_block(rows, pool.size());
    pool.for_range(tiles, [&](Index first_tile, Index end_tile, int worker) {
      PairwiseScorer scorer(candidates, tile_items);
      for (Index u = 0; u < block; u += scorer.group()) {
        const Index count = std::min(scorer.group(), block - u);
        scorer.take_users(queries.subspan(static_cast<std::size_t>(begin + u), static_cast<std::size_t>(count)));
        for (Index t = first_tile; t < end_tile; ++t) {
          const Index first = t * tile_items;
          consumer.tile(worker, u, first, scorer.score(first, std::min(tile_items, num_items - first)));
        }
      }
    });
    consumer.end_block(pool);
  }
}

}  // namespace monet::rank::detail
