#pragma once

#include "monet/rank/score_tiles.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace monet::rank::detail {

/// Writes the scores of query q to row `positions[q]` of a matrix.
class FillMatrix final : public TileConsumer {
 public:
  FillMatrix(MatrixView<float> out, std::span<const std::int32_t> positions) : out_(out), positions_(positions) {}
  std::size_t bytes_per_user() const override { return 0; }
  void begin_block(std::span<const std::int32_t> rows, int) override { rows_ = rows; }
  void tile(int, Index first, Index item_begin, MatrixView<float> scores) override {
    for (Index r = 0; r < scores.rows; ++r) {
      const auto position = static_cast<std::size_t>(rows_[static_cast<std::size_t>(first + r)]);
      std::copy_n(scores.row(r), scores.cols, out_.row(positions_[position]) + item_begin);
    }
  }
  void end_block(ThreadPool&) override {}

 private:
  MatrixView<float> out_;
  std::span<const std::int32_t> positions_;
  std::span<const std::int32_t> rows_;
};

}  // namespace monet::rank::detail
