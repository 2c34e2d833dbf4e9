#pragma once

#include "monet/core/matrix.h"
#include "monet/rank/detail/candidate_table.h"
#include "monet/rank/detail/user_block.h"
#include "monet/rank/score_tiles.h"

#include <cstdint>
#include <vector>

namespace monet::rank::detail {

/// Scores a block of queries against tiles of candidates by embeddings (kinds dot and target_aware); one per worker.
class TileScorer {
 public:
  TileScorer(const CandidateTable& candidates, const UserBlock& block, Index tile_items);

  /// Candidates [item_begin, item_begin + count), count <= tile_items, for all queries of the block.
  void score(Index item_begin, Index count, int worker, TileConsumer& consumer);

  /// Width of the padded tile.
  static Index padded(Index tile_items);

 private:
  void load_items(Index item_begin, Index count);
  void choose_shift(Index item_begin, Index count);
  void fill_table();
  void attend(Index first, MatrixView<float> scores);
  void recompute(Index first, const std::int32_t* weak, Index count, MatrixView<float> scores);
  void recompute_group(Index first, const std::int32_t* weak, Index count, MatrixView<float> scores);

  const CandidateTable* candidates_;
  const UserBlock* block_;
  Index width_;               // T, padded
  Matrix<float> items_;       // [D, T], zero past the last item
  std::vector<float> shift_;  // [T]
  Matrix<float> g_;           // [panel, T]
  Matrix<float> table_;       // [H + heavy, 2T]
  Matrix<float> scores_;      // [users at a time, T]
  std::vector<std::int32_t> weak_;
  // Of users whose sums underflow: their own history and products.
  Matrix<float> own_items_, own_g_, own_table_, own_vectors_, own_scores_;
  std::vector<Index> own_begin_;
  std::vector<std::int32_t> own_rows_;
  std::vector<float> own_min_sum_;
};

}  // namespace monet::rank::detail
