#include "monet/rank/detail/pairwise_tiles.h"

#include "monet/core/matrix.h"
#include "monet/kernels/gemm.h"
#include "monet/kernels/modality_attention.h"
#include "monet/kernels/rank_tile.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace monet::rank::detail {

namespace {

// Rows of the stacked matrices: those of one modality and the products with a tile stay in a core's own cache.
constexpr Index kStackedRows = 512;

/// Scores users against tiles of items; one per worker.
class PairwiseScorer {
 public:
  PairwiseScorer(const scoring::Scoring& scoring, Index tile_items)
      : scoring_(&scoring),
        width_((tile_items + kernels::kTileColumns - 1) / kernels::kTileColumns * kernels::kTileColumns),
        dim_(scoring.attention.weight.cols),
        hidden_(scoring.attention.weight.rows),
        slabs_(scoring.item_embedding.cols / dim_),
        group_(std::max<Index>(1, kStackedRows / (hidden_ + 1))),
        stacked_(slabs_ * group_ * (hidden_ + 1), dim_),
        // Columns past the items of a short tile are computed with and never read: they only have to be finite.
        products_(Matrix<float>::zeros(group_ * (hidden_ + 1), width_)),
        logits_(group_ * slabs_, width_),
        sums_(group_ * slabs_, width_),
        scores_(group_, width_) {}

  Index group() const { return group_; }

  void take_users(std::span<const std::int32_t> users) {
    count_ = static_cast<Index>(users.size());
    const auto& weight = scoring_->attention.weight;
    for (Index m = 0; m < slabs_; ++m) {
      for (Index u = 0; u < count_; ++u) {
        const float* p = scoring_->user_embedding.row(users[static_cast<std::size_t>(u)]) + m * dim_;
        const Index first = (m * group_ + u) * (hidden_ + 1);
        for (Index j = 0; j < hidden_; ++j) {
          float* to = stacked_.row(first + j);
          for (Index c = 0; c < dim_; ++c) to[c] = weight(j, c) * p[c];
        }
        std::copy_n(p, dim_, stacked_.row(first + hidden_));
      }
    }
  }

  /// Scores of the users taken for `count` items from `item_begin`; valid until the next call.
  MatrixView<float> score(Index item_begin, Index count) {
    const Index rows = count_ * (hidden_ + 1);
    const auto& attention = scoring_->attention;
    for (Index m = 0; m < slabs_; ++m) {
      const auto items = scoring_->item_embedding.columns(m * dim_, dim_).row_range(item_begin, count);
      kernels::gemm(kernels::Transpose::no, kernels::Transpose::yes,
                    stacked_.view().row_range(m * group_ * (hidden_ + 1), rows), items, false,
                    products_.view().row_range(0, rows).columns(0, count));
      for (Index u = 0; u < count_; ++u) {
        const Index first = u * (hidden_ + 1);
        kernels::tanh_logits(products_.view().row_range(first, hidden_), attention.bias.data(), attention.vector.data(),
                             logits_.row(u * slabs_ + m));
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
  const scoring::Scoring* scoring_;
  Index width_;   // of a tile, padded
  Index dim_;     // d
  Index hidden_;  // a
  Index slabs_;   // M
  Index group_;   // most users at a time
  Index count_ = 0;
  Matrix<float> stacked_;
  Matrix<float> products_;
  Matrix<float> logits_, sums_;  // [users · M, T]
  Matrix<float> scores_;
};

}  // namespace

void score_pairwise(ThreadPool& pool, const scoring::Scoring& scoring, std::span<const std::int32_t> users,
                    Index max_users, Index tile_items, TileConsumer& consumer) {
  const Index num_items = scoring.item_embedding.rows;
  const Index tiles = (num_items + tile_items - 1) / tile_items;
  const auto num_users = static_cast<Index>(users.size());
  std::vector<std::int32_t> rows;
  for (Index begin = 0; begin < num_users; begin += max_users) {
    const Index block = std::min(max_users, num_users - begin);
    rows.resize(static_cast<std::size_t>(block));
    std::iota(rows.begin(), rows.end(), static_cast<std::int32_t>(begin));
    consumer.begin_block(rows, pool.size());
    pool.for_range(tiles, [&](Index first_tile, Index end_tile, int worker) {
      PairwiseScorer scorer(scoring, tile_items);
      for (Index u = 0; u < block; u += scorer.group()) {
        const Index count = std::min(scorer.group(), block - u);
        scorer.take_users(users.subspan(static_cast<std::size_t>(begin + u), static_cast<std::size_t>(count)));
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
