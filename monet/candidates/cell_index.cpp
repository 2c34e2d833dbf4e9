#include "monet/candidates/cell_index.h"

#include "monet/candidates/detail/centroids.h"
#include "monet/candidates/detail/cluster.h"
#include "monet/core/error.h"
#include "monet/core/rng.h"
#include "monet/kernels/code_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace monet::candidates {

namespace {

using kernels::kCodeItems;

constexpr Index kSampled = 32;   // items for each centroid that is looked for
constexpr Index kFewest = 2048;  // items, below which there is one cell
constexpr double kLargestCode = 127.0;

/// A float that is not smaller.
float rounded_up(double value) {
  return std::nextafter(static_cast<float>(value), std::numeric_limits<float>::infinity());
}

Index cells_for(Index items, Index wanted) {
  if (wanted > 0) return std::min(wanted, items);
  if (items < kFewest || !detail::can_cluster()) return 1;
  return static_cast<Index>(std::sqrt(static_cast<double>(items)));
}

/// Rows at random, in their order; all where they are few.
Matrix<float> sample_of(MatrixView<const float> rows, Index most, Rng& rng) {
  if (rows.rows <= most) return Matrix<float>::copy_of(rows);
  Matrix<float> sample(most, rows.cols);
  Index taken = 0;
  for (Index r = 0; taken < most; ++r) {
    if (rng.below(static_cast<std::uint64_t>(rows.rows - r)) >= static_cast<std::uint64_t>(most - taken)) continue;
    std::copy_n(rows.row(r), rows.cols, sample.row(taken++));
  }
  return sample;
}

}  // namespace

CellIndex::CellIndex(const scoring::Items& items, std::unique_ptr<const detail::Centroids> centroids)
    : size_(items.size()), width_(items.width()), groups_((items.width() + 3) / 4), centroids_(std::move(centroids)) {}

CellIndex::~CellIndex() = default;

bool CellIndex::fits(const scoring::Items& items) {
  const bool product = items.kind() == scoring::ScoreKind::dot || items.kind() == scoring::ScoreKind::target_aware;
  return product && items.size() > 0 && items.width() > 0 && items.width() <= kernels::kMostCodeColumns;
}

std::unique_ptr<const CellIndex> CellIndex::build(ThreadPool& pool, const scoring::Items& items,
                                                  const BuildOptions& options) {
  if (!fits(items)) fail<InvalidArgument>("[candidates] items of kind {} have no index", to_string(items.kind()));
  try {
    const Index cells = cells_for(items.size(), options.cells);
    Rng rng(static_cast<std::uint64_t>(options.seed));
    const Matrix<float> sample = sample_of(items.embedding(), std::max(kFewest, kSampled * cells), rng);
    const Matrix<float> points = detail::cluster(pool, sample, cells, options.seed, options.stop);
    std::unique_ptr<CellIndex> index(new CellIndex(items, std::make_unique<const detail::Centroids>(points)));
    std::vector<std::int32_t> nearest(static_cast<std::size_t>(items.size()));
    std::vector<float> distances(nearest.size());
    index->centroids_->assign(pool, items.embedding(), nearest, distances, options.stop);
    index->fill(pool, items, nearest, options.stop);
    return index;
  } catch (const detail::Stopped&) {
    return nullptr;
  }
}

void CellIndex::fill(ThreadPool& pool, const scoring::Items& items, const std::vector<std::int32_t>& nearest,
                     const std::atomic<bool>* stop) {
  for (const float prior : items.prior())
    largest_prior_ = std::max(largest_prior_, std::abs(static_cast<double>(prior)));
  const Index cells = centroids_->size();
  std::vector<std::vector<std::int32_t>> members(static_cast<std::size_t>(cells));
  for (Index item = 0; item < size_; ++item) {
    members[static_cast<std::size_t>(nearest[static_cast<std::size_t>(item)])].push_back(
        static_cast<std::int32_t>(item));
  }
  Index blocks = 0;
  for (Index k = 0; k < cells; ++k) {
    Cell cell;
    cell.first_block = blocks;
    cell.items = static_cast<Index>(members[static_cast<std::size_t>(k)].size());
    cell.blocks = (cell.items + kCodeItems - 1) / kCodeItems;
    cell.centroid_norm = centroids_->norm(k);
    blocks += cell.blocks;
    all_cells_.push_back(cell);
  }
  const auto places = static_cast<std::size_t>(blocks * kCodeItems);
  codes_ = Matrix<std::uint8_t>(blocks, groups_ * kCodeItems * 4);
  monet::fill(codes_.view(), static_cast<std::uint8_t>(kernels::kCodeZero));
  scales_.assign(places, 0.0F);
  items_.assign(places, -1);
  if (!items.prior().empty()) prior_.assign(places, 0.0F);
  reach_.assign(static_cast<std::size_t>(blocks), 0.0F);
  error_.assign(static_cast<std::size_t>(blocks), 0.0F);
  pool.for_range(cells, [&](Index begin, Index end, int) {
    std::vector<double> norms;
    std::vector<double> centre(static_cast<std::size_t>(width()));
    for (Index k = begin; k < end; ++k) {
      detail::check(stop);
      std::vector<std::int32_t>& own = members[static_cast<std::size_t>(k)];
      norms.clear();
      for (Index c = 0; c < width(); ++c)
        centre[static_cast<std::size_t>(c)] = static_cast<double>(centroids_->value(k, c));
      for (const std::int32_t item : own) {
        double square = 0.0;
        for (Index c = 0; c < width(); ++c) {
          const double r = static_cast<double>(items.embedding()(item, c)) - centre[static_cast<std::size_t>(c)];
          square += r * r;
        }
        norms.push_back(std::sqrt(square));
      }
      encode(items, all_cells_[static_cast<std::size_t>(k)], centre, own, norms);
      Cell& cell = all_cells_[static_cast<std::size_t>(k)];
      if (cell.blocks > 0) cell.reach = reach(cell.first_block);
      if (items.prior().empty() || own.empty()) continue;
      cell.largest_prior = std::numeric_limits<float>::lowest();
      for (const std::int32_t item : own) {
        cell.largest_prior = std::max(cell.largest_prior, items.prior()[static_cast<std::size_t>(item)]);
      }
    }
  });
}

void CellIndex::encode(const scoring::Items& items, const Cell& cell, std::span<const double> centre,
                       const std::vector<std::int32_t>& members, const std::vector<double>& norms) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return norms[a] > norms[b]; });
  std::vector<double> rest(static_cast<std::size_t>(width()));
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::int32_t item = members[order[at]];
    const Index block = cell.first_block + static_cast<Index>(at) / kCodeItems;
    const Index lane = static_cast<Index>(at) % kCodeItems;
    const auto place = static_cast<std::size_t>(block * kCodeItems + lane);
    double largest = 0.0;
    for (Index c = 0; c < width(); ++c) {
      const double r = static_cast<double>(items.embedding()(item, c)) - centre[static_cast<std::size_t>(c)];
      rest[static_cast<std::size_t>(c)] = r;
      largest = std::max(largest, std::abs(r));
    }
    const auto scale = static_cast<float>(largest / kLargestCode);
    double square = 0.0;
    for (Index c = 0; c < width(); ++c) {
      const double r = rest[static_cast<std::size_t>(c)];
      const double wanted = scale > 0.0F ? std::round(r / static_cast<double>(scale)) : 0.0;
      const double code = std::clamp(wanted, -kLargestCode, kLargestCode);
      codes_(block, (c / 4 * kCodeItems + lane) * 4 + c % 4) =
          static_cast<std::uint8_t>(kernels::kCodeZero + static_cast<int>(code));
      const double error = r - static_cast<double>(scale) * code;
      square += error * error;
    }
    const auto b = static_cast<std::size_t>(block);
    scales_[place] = scale;
    items_[place] = item;
    if (!prior_.empty()) prior_[place] = items.prior()[static_cast<std::size_t>(item)];
    reach_[b] = std::max(reach_[b], rounded_up(norms[order[at]] * (1.0 + 1e-12)));
    error_[b] = std::max(error_[b], rounded_up(std::sqrt(square) * (1.0 + 1e-12)));
  }
}

std::size_t CellIndex::bytes() const {
  return static_cast<std::size_t>(codes_.size()) +
         (scales_.size() + prior_.size() + items_.size() + reach_.size() + error_.size()) * sizeof(float) +
         static_cast<std::size_t>(centroids_->columns() * width()) * sizeof(float) + all_cells_.size() * sizeof(Cell);
}

const std::uint8_t* CellIndex::codes(Index block) const {
  return codes_.row(block);
}
const float* CellIndex::scales(Index block) const {
  return scales_.data() + block * kCodeItems;
}
const float* CellIndex::prior(Index block) const {
  return prior_.empty() ? nullptr : prior_.data() + block * kCodeItems;
}
const std::int32_t* CellIndex::items(Index block) const {
  return items_.data() + block * kCodeItems;
}

}  // namespace monet::candidates
