#pragma once

#include "monet/core/csr.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace monet::kernels::testing {

/// Largest relative error of one float32 rounding. A sum of n products, in any order and with or without fused
/// operations, is within (n + 1) · kUnit · Σ|terms| of the exact one, to first order.
inline constexpr double kUnit = std::numeric_limits<float>::epsilon() / 2.0;

/// Around the widths of vectors and of the blocks that kernels unroll to.
inline constexpr std::array<Index, 16> kWidths{1, 2, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129, 200};

/// Whether `got` lies within `tolerance` of `want`. What is not finite, on either side or as a tolerance, never does.
inline ::testing::AssertionResult close(double got, double want, double tolerance) {
  if (std::isfinite(got) && std::isfinite(want) && std::isfinite(tolerance) && std::abs(got - want) <= tolerance) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << got << " is not " << want << " +- " << tolerance;
}

/// A matrix that no kernel can be at ease with: rows start off any alignment, the stride is wider than the row, and
/// what lies between rows is a NaN that `margins_intact` knows.
class Strided {
 public:
  /// Uniform in [low, high).
  Strided(Index rows, Index cols, std::uint64_t seed, double low = -1.0, double high = 1.0)
      : memory_(rows + 1, cols + kMargin), rows_(rows), cols_(cols) {
    std::fill_n(memory_.data(), memory_.size(), std::bit_cast<float>(kGuard));
    Rng rng(seed);
    for (Index r = 0; r < rows; ++r) {
      for (float& v : view().row_span(r)) v = static_cast<float>(rng.uniform(low, high));
    }
  }

  MatrixView<float> view() { return {memory_.data() + kLeft, rows_, cols_, memory_.cols()}; }
  MatrixView<const float> view() const { return {memory_.data() + kLeft, rows_, cols_, memory_.cols()}; }
  float operator()(Index r, Index c) const { return view()(r, c); }
  float& operator()(Index r, Index c) { return view()(r, c); }
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }

  bool margins_intact() const {
    for (Index at = 0; at < memory_.size(); ++at) {
      const Index r = (at - kLeft) / memory_.cols();
      const Index c = (at - kLeft) % memory_.cols();
      if (at >= kLeft && r < rows_ && c < cols_) continue;
      if (std::bit_cast<std::uint32_t>(memory_.data()[at]) != kGuard) return false;
    }
    return true;
  }

 private:
  static constexpr std::uint32_t kGuard = 0x7fc0beefU;
  static constexpr Index kLeft = 5;
  static constexpr Index kMargin = 11;
  Matrix<float> memory_;
  Index rows_;
  Index cols_;
};

/// A row of many entries (more than kernels take at once), one without any, and many of few; at least 72 columns.
inline Csr uneven_pattern(Index rows, Index cols) {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t c = 2; c < 72; ++c) pairs.emplace_back(0, c);
  for (std::int32_t r = 2; r < rows; ++r) {
    for (std::int32_t n = 0; n < r % 6; ++n) pairs.emplace_back(r, (r * 7 + n * 11) % static_cast<std::int32_t>(cols));
  }
  return Csr::from_pairs(rows, cols, pairs);
}

inline Strided absolute(const Strided& source) {
  Strided out(source.rows(), source.cols(), 0);
  for (Index r = 0; r < source.rows(); ++r) {
    for (Index c = 0; c < source.cols(); ++c) out(r, c) = std::abs(source(r, c));
  }
  return out;
}

inline bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace monet::kernels::testing
