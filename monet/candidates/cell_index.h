#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/scoring/items.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace monet::candidates {

namespace detail {
class Centroids;
}

struct BuildOptions {
  Index cells = 0;  // 0: about the square root of the number of items
  std::int32_t seed = 1;
  const std::atomic<bool>* stop = nullptr;  // where it becomes true, building ends
};

/// The items of a model for scanning: cells of items that are near each other, each item as its difference to the
/// cell's centroid in one byte a dimension. A cell's items lie in blocks of kernels::kCodeItems, those far from the
/// centroid first. With x = μ + r and r = scale (codes - 128) + ρ, each block keeps the largest ‖r‖ and ‖ρ‖ of its
/// items, so that a query q has |q·x - q·μ| <= ‖q‖ ‖r‖ before, and an error <= ‖q‖ ‖ρ‖ after its codes are looked at.
/// Immutable; holds no view of the items. About D + 10 bytes an item.
class CellIndex {
 public:
  ~CellIndex();
  CellIndex(const CellIndex&) = delete;
  CellIndex& operator=(const CellIndex&) = delete;

  /// Whether items of this kind can be looked for so: kinds dot and target_aware, with embeddings.
  static bool fits(const scoring::Items& items);

  /// Null where it was stopped. Throws InvalidArgument for items that do not fit. O(I D √I); a copy of a sample beside
  /// what it leaves.
  static std::unique_ptr<const CellIndex> build(ThreadPool& pool, const scoring::Items& items,
                                                const BuildOptions& options = {});

  Index size() const { return size_; }
  Index width() const { return width_; }
  Index cells() const { return static_cast<Index>(all_cells_.size()); }
  std::size_t bytes() const;  // of memory

  struct Cell {
    Index first_block = 0;
    Index blocks = 0;
    Index items = 0;
    float reach = 0.0F;          // largest ‖r‖
    float largest_prior = 0.0F;  // 0 without priors
    double centroid_norm = 0.0;  // ‖μ‖
  };
  /// Every item is in one block of one cell.
  const std::vector<Cell>& all_cells() const { return all_cells_; }
  const detail::Centroids& centroids() const { return *centroids_; }
  Index groups() const { return groups_; }  // of four dimensions
  const std::uint8_t* codes(Index block) const;
  const float* scales(Index block) const;
  const float* prior(Index block) const;         // null: none
  const std::int32_t* items(Index block) const;  // -1: nothing there
  float reach(Index block) const {
    return reach_[static_cast<std::size_t>(block)];
  }  // largest ‖r‖, descending in a cell
  float error(Index block) const { return error_[static_cast<std::size_t>(block)]; }  // largest ‖ρ‖
  double largest_prior() const { return largest_prior_; }                             // of |prior|

 private:
  CellIndex(const scoring::Items& items, std::unique_ptr<const detail::Centroids> centroids);
  void fill(ThreadPool& pool, const scoring::Items& items, const std::vector<std::int32_t>& nearest,
            const std::atomic<bool>* stop);
  void encode(const scoring::Items& items, const Cell& cell, std::span<const double> centre,
              const std::vector<std::int32_t>& members, const std::vector<double>& norms);

  Index size_ = 0;
  Index width_ = 0;
  Index groups_ = 0;
  std::unique_ptr<const detail::Centroids> centroids_;
  std::vector<Cell> all_cells_;
  Matrix<std::uint8_t> codes_;  // [blocks, groups * kCodeItems * 4]
  std::vector<float> scales_;   // [blocks, kCodeItems]
  std::vector<float> prior_;    // the same, or empty
  std::vector<std::int32_t> items_;
  std::vector<float> reach_;  // [blocks]
  std::vector<float> error_;
  double largest_prior_ = 0.0;
};

}  // namespace monet::candidates
