#include "monet/rank/detail/tile_scorer.h"

#include "monet/kernels/rank_tile.h"
#include "monet/kernels/skinny_gemm.h"
#include "monet/kernels/transpose.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace monet::rank::detail {

namespace {

// Users whose scores are made by one product: their [512, T] scores stay in a core's own cache.
constexpr Index kUserRows = 512;
// While |e_i·e_c| cannot exceed this, exp(e_i·e_c) neither overflows nor underflows, and needs no shift by a maximum.
constexpr float kSafeProduct = 60.0F;

Index round_up(Index count, Index multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// A matrix of at least `rows` rows, whose contents are lost when it grows.
void ensure_rows(Matrix<float>& matrix, Index rows, Index cols) {
  if (matrix.rows() < rows) matrix = Matrix<float>(rows, cols);
}

}  // namespace

Index TileScorer::padded(Index tile_items) {
  return round_up(tile_items, kernels::kTileColumns);
}

TileScorer::TileScorer(const CandidateTable& candidates, const UserBlock& block, Index tile_items)
    : candidates_(&candidates),
      block_(&block),
      width_(padded(tile_items)),
      items_(candidates.items().width(), width_),
      shift_(static_cast<std::size_t>(width_), 0.0F),
      g_(std::min(kPanelRows, block.num_history_items()), width_),
      table_(block.num_history_items() + block.num_heavy(), 2 * width_),
      scores_(std::min(kUserRows, block.size()), width_),
      weak_(static_cast<std::size_t>(scores_.rows())) {}

void TileScorer::load_items(Index item_begin, Index count) {
  kernels::transpose(candidates_->embedding().row_range(item_begin, count), items_.view().columns(0, count));
  if (count < width_) fill(items_.view().columns(count, width_ - count), 0.0F);
}

void TileScorer::choose_shift(Index item_begin, Index count) {
  double max_square = 0.0;
  for (Index c = item_begin; c < item_begin + count; ++c) {
    max_square = std::max(max_square, candidates_->square_norm(c));
  }
  if (std::sqrt(max_square) * block_->max_norm <= kSafeProduct) {
    std::fill(shift_.begin(), shift_.end(), 0.0F);
    return;
  }
  std::fill(shift_.begin(), shift_.end(), std::numeric_limits<float>::lowest());
  const MatrixView<const float> history = block_->history_items.view();
  for (Index p = 0; p < history.rows; p += kPanelRows) {
    const Index rows = std::min(kPanelRows, history.rows - p);
    const MatrixView<float> g = g_.view().row_range(0, rows);
    kernels::project_block(history.row_range(p, rows), items_, g);
    kernels::column_max(g, shift_.data());
  }
}

void TileScorer::fill_table() {
  const MatrixView<const float> history = block_->history_items.view();
  const Index panels = (history.rows + kPanelRows - 1) / kPanelRows;
  const MatrixView<float> sums = table_.view().row_range(history.rows, block_->num_heavy());
  fill(sums, 0.0F);
  for (Index p = 0; p < panels; ++p) {
    const Index first = p * kPanelRows;
    const Index rows = std::min(kPanelRows, history.rows - first);
    const MatrixView<float> g = g_.view().row_range(0, rows);
    kernels::project_block(history.row_range(first, rows), items_, g);
    kernels::exp_table(g, shift_.data(), table_.view().row_range(first, rows));
    for (Index h = 0; h < block_->num_heavy(); ++h) {
      const Index* ends = block_->panel_begin.data() + h * (panels + 1) + p;
      kernels::add_rows(table_.view(), block_->slots.data() + ends[0], ends[1] - ends[0], sums.row(h));
    }
  }
}

void TileScorer::score(Index item_begin, Index count, int worker, TileConsumer& consumer) {
  load_items(item_begin, count);
  if (block_->num_attended() > 0) {
    choose_shift(item_begin, count);
    fill_table();
  }
  for (Index first = 0; first < block_->size(); first += kUserRows) {
    const Index rows = std::min(kUserRows, block_->size() - first);
    const MatrixView<float> scores = scores_.view().row_range(0, rows);
    kernels::project_block(block_->vectors.view().row_range(first, rows), items_, scores);
    const Index light = std::clamp<Index>(block_->first_attended - first, 0, rows);
    if (light < rows) attend(first + light, scores.row_range(light, rows - light));
    consumer.tile(worker, first, item_begin, scores.columns(0, count));
  }
}

void TileScorer::attend(Index first, MatrixView<float> scores) {
  const Index a = first - block_->first_attended;
  const Index count =
      kernels::add_attention(table_.view(), block_->list_begin.data() + a, block_->list.data(),
                             block_->min_sum.data() + a, candidates_->items().beta(), scores, weak_.data());
  if (count > 0) recompute(first, weak_.data(), count, scores);
}

// In groups of about a panel of history rows.
void TileScorer::recompute(Index first, const std::int32_t* weak, Index count, MatrixView<float> scores) {
  const Index* begin = block_->begin.data() + (first - block_->first_attended);
  Index group = 0;
  Index history_rows = 0;
  for (Index w = 0; w < count; ++w) {
    const Index degree = begin[weak[w] + 1] - begin[weak[w]];
    if (w > group && history_rows + degree > kPanelRows) {
      recompute_group(first, weak + group, w - group, scores);
      group = w;
      history_rows = 0;
    }
    history_rows += degree;
  }
  recompute_group(first, weak + group, count - group, scores);
}

void TileScorer::recompute_group(Index first, const std::int32_t* weak, Index count, MatrixView<float> scores) {
  const Index* begin = block_->begin.data() + (first - block_->first_attended);
  const Index dim = items_.rows();
  own_begin_.assign(1, 0);
  for (Index w = 0; w < count; ++w) own_begin_.push_back(own_begin_.back() + begin[weak[w] + 1] - begin[weak[w]]);
  const Index rows = own_begin_.back();
  ensure_rows(own_items_, rows, dim);
  ensure_rows(own_g_, rows, width_);
  ensure_rows(own_table_, rows, 2 * width_);
  ensure_rows(own_vectors_, count, dim);
  ensure_rows(own_scores_, count, width_);
  for (Index w = 0; w < count; ++w) {
    std::copy_n(block_->vectors.row(first + weak[w]), dim, own_vectors_.row(w));
    const std::int32_t* slots = block_->slots.data() + begin[weak[w]];
    for (Index r = own_begin_[static_cast<std::size_t>(w)]; r < own_begin_[static_cast<std::size_t>(w) + 1]; ++r) {
      std::copy_n(block_->history_items.row(*slots++), dim, own_items_.row(r));
    }
  }
  kernels::project_block(own_items_.view().row_range(0, rows), items_, own_g_.view().row_range(0, rows));
  kernels::project_block(own_vectors_.view().row_range(0, count), items_, own_scores_.view().row_range(0, count));
  for (Index w = 0; w < count; ++w) {
    const Index r = own_begin_[static_cast<std::size_t>(w)];
    const Index degree = own_begin_[static_cast<std::size_t>(w) + 1] - r;
    std::fill(shift_.begin(), shift_.end(), std::numeric_limits<float>::lowest());
    kernels::column_max(own_g_.view().row_range(r, degree), shift_.data());
    kernels::exp_table(own_g_.view().row_range(r, degree), shift_.data(), own_table_.view().row_range(r, degree));
  }
  own_rows_.resize(static_cast<std::size_t>(own_begin_.back()));
  std::iota(own_rows_.begin(), own_rows_.end(), 0);
  own_min_sum_.assign(static_cast<std::size_t>(count), 0.0F);
  std::vector<std::int32_t> none(static_cast<std::size_t>(count));
  kernels::add_attention(own_table_.view(), own_begin_.data(), own_rows_.data(), own_min_sum_.data(),
                         candidates_->items().beta(), own_scores_.view().row_range(0, count), none.data());
  for (Index w = 0; w < count; ++w) std::copy_n(own_scores_.row(w), width_, scores.row(weak[w]));
}

}  // namespace monet::rank::detail
