#include "monet/kernels/subtract_product.h"

#include "monet/core/rng.h"
#include "tests/kernels/every_target.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

namespace monet::kernels::testing {
namespace {

/// A strided float64 matrix in memory whose margins are NaN.
struct WideStrided {
  WideStrided(Index rows, Index cols, std::uint64_t seed)
      : memory(static_cast<std::size_t>(rows * (cols + 5) + 3), std::numeric_limits<double>::quiet_NaN()),
        view(memory.data() + 3, rows, cols, cols + 5) {
    Rng rng(seed);
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < cols; ++c) view(r, c) = rng.normal();
    }
  }
  std::vector<double> memory;
  MatrixView<double> view;
};

TEST(SubtractProduct, AgreesWithPlainSumsOnEveryTargetAndKeepsTheMargins) {
  for (const auto& [m, n, k] : std::vector<std::tuple<Index, Index, Index>>{
           {1, 1, 1}, {5, 3, 2}, {6, 8, 4}, {7, 33, 17}, {12, 32, 128}, {13, 65, 9}, {128, 128, 128}, {2, 100, 0}}) {
    const WideStrided a(m, k, 1), b(k, n, 2), before(m, n, 3);
    monet::testing::on_every_target([&, m = m, n = n, k = k] {
      WideStrided c(m, n, 3);
      subtract_product(a.view, b.view, c.view);
      for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
          double want = before.view(i, j);
          double magnitude = std::abs(want);
          for (Index t = 0; t < k; ++t) {
            want -= a.view(i, t) * b.view(t, j);
            magnitude += std::abs(a.view(i, t) * b.view(t, j));
          }
          ASSERT_NEAR(c.view(i, j), want, 2.3e-16 * static_cast<double>(k + 1) * magnitude) << i << ", " << j;
        }
        for (Index j = n; j < n + 5 && i + 1 < m; ++j) ASSERT_TRUE(std::isnan(c.view.row(i)[j]));
      }
    });
  }
}

}  // namespace
}  // namespace monet::kernels::testing
