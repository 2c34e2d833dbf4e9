#pragma once

#include "monet/core/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace monet::models::detail {

/// Dropout of whole tables of which a step needs only some rows: a mask is drawn for a row when it is asked for, from
/// the step's seed, the table and the row alone, so that a repeated row has the same, and a resumed training, too.
class RowDropout {
 public:
  /// `rate` in [0, 1).
  explicit RowDropout(float rate) : rate_(rate) {}

  bool active() const { return rate_ > 0.0F; }
  /// 0 with probability `rate`, to 2⁻¹⁷, and 1 / (1 - rate) otherwise, for every element of the row.
  void mask(std::uint64_t seed, std::size_t table, Index row, std::span<float> to) const;
  /// Masks to take in place of drawn ones, 1 kept and 0 dropped, one matrix a table; none: draws again.
  void take(std::vector<Matrix<float>> masks) { given_ = std::move(masks); }

 private:
  float rate_;
  std::vector<Matrix<float>> given_;
};

}  // namespace monet::models::detail
