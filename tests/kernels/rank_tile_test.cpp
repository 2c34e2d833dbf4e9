#include "monet/kernels/rank_tile.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "tests/kernels/every_target.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace monet::kernels {
namespace {

constexpr double kEps = std::numeric_limits<float>::epsilon() / 2.0;

/// Random values in a view that is wider in memory than in columns.
struct Strided {
  Strided(Index rows, Index cols, double low, double high, std::uint64_t seed) : memory(rows, cols + 9) {
    Rng rng(seed);
    for (Index i = 0; i < memory.size(); ++i) memory.data()[i] = static_cast<float>(rng.uniform(low, high));
    view = memory.view().columns(3, cols);
  }
  Matrix<float> memory;
  MatrixView<float> view;
};

TEST(ColumnMax, IsTheLargestOfTheColumnAndWhatWasThere) {
  monet::testing::on_every_target([] {
    for (const Index cols : {64, 192}) {
      for (const Index rows : {0, 1, 2, 37}) {
        const Strided g(rows, cols, -5.0, 5.0, 1);
        std::vector<float> maxima(static_cast<std::size_t>(cols), 4.5F);
        column_max(g.view, maxima.data());
        for (Index c = 0; c < cols; ++c) {
          float expected = 4.5F;
          for (Index r = 0; r < rows; ++r) expected = std::max(expected, g.view(r, c));
          EXPECT_EQ(maxima[static_cast<std::size_t>(c)], expected);
        }
      }
    }
  });
}

TEST(ExpTable, HoldsExponentialsAndTheirProducts) {
  monet::testing::on_every_target([] {
    for (const Index cols : {64, 128}) {
      const Strided g(5, cols, -60.0, 60.0, 2);
      const Strided shift(1, cols, -3.0, 3.0, 3);
      Matrix<float> table(5, 2 * cols);
      exp_table(g.view, shift.view.data, table);
      for (Index r = 0; r < 5; ++r) {
        for (Index c = 0; c < cols; ++c) {
          const double x = static_cast<double>(g.view(r, c));
          // The difference is rounded once to float before its exponential, which is within 2 ulp.
          const double argument = static_cast<double>(g.view(r, c) - shift.view(0, c));
          const double expected = std::exp(argument);
          EXPECT_NEAR(table(r, c) / expected, 1.0, 4.0 * kEps);
          EXPECT_NEAR(table(r, cols + c) / (expected * x), 1.0, 5.0 * kEps);
        }
      }
    }
  });
}

TEST(ExpTable, FlushesFarBelowToZero) {
  monet::testing::on_every_target([] {
    Matrix<float> g(1, 64);
    fill(g.view(), -500.0F);
    const std::vector<float> shift(64, 0.0F);
    Matrix<float> table(1, 128);
    exp_table(g.view(), shift.data(), table);
    for (Index c = 0; c < 128; ++c) EXPECT_EQ(table(0, c), 0.0F);
  });
}

TEST(AddRows, SumsTheNamedRows) {
  monet::testing::on_every_target([] {
    const Strided table(9, 128, 0.0, 1.0, 4);
    const std::vector<std::int32_t> rows = {8, 0, 3, 3, 5};
    for (const Index count : {0, 1, 2, 5}) {
      std::vector<float> sums(128, 0.5F);
      add_rows(table.view, rows.data(), count, sums.data());
      for (Index c = 0; c < 128; ++c) {
        double expected = 0.5;
        for (Index k = 0; k < count; ++k)
          expected += static_cast<double>(table.view(rows[static_cast<std::size_t>(k)], c));
        EXPECT_NEAR(sums[static_cast<std::size_t>(c)], expected, static_cast<double>(count) * kEps * 5.5);
      }
    }
  });
}

TEST(AddAttention, AddsTheQuotientOfSums) {
  monet::testing::on_every_target([] {
    for (const Index cols : {64, 128}) {
      const Strided table(7, 2 * cols, 0.5, 1.5, 5);
      Strided scores(3, cols, -1.0, 1.0, 6);
      const Matrix<float> before = Matrix<float>::copy_of(scores.view);
      const std::vector<Index> begin = {0, 1, 3, 7};
      const std::vector<std::int32_t> rows = {6, 2, 4, 0, 1, 3, 5};
      const std::vector<float> min_sum(3, 0.1F);
      std::vector<std::int32_t> weak(3);
      EXPECT_EQ(add_attention(table.view, begin.data(), rows.data(), min_sum.data(), 0.7F, scores.view, weak.data()),
                0);
      for (Index u = 0; u < 3; ++u) {
        for (Index c = 0; c < cols; ++c) {
          double p = 0.0, q = 0.0;
          for (Index k = begin[static_cast<std::size_t>(u)]; k < begin[static_cast<std::size_t>(u) + 1]; ++k) {
            p += static_cast<double>(table.view(rows[static_cast<std::size_t>(k)], c));
            q += static_cast<double>(table.view(rows[static_cast<std::size_t>(k)], cols + c));
          }
          const double expected = static_cast<double>(before(u, c)) + static_cast<double>(0.7F) * q / p;
          EXPECT_NEAR(scores.view(u, c), expected, 12.0 * kEps * 4.1);
        }
      }
    }
  });
}

TEST(AddAttention, NamesRowsWithAWeakDenominator) {
  monet::testing::on_every_target([] {
    for (const Index column : {0, 63, 64, 127}) {
      Matrix<float> table(2, 256);
      fill(table.view(), 1.0F);
      table(1, column) = 1e-30F;
      Matrix<float> scores = Matrix<float>::zeros(3, 128);
      const std::vector<Index> begin = {0, 1, 2, 4};
      const std::vector<std::int32_t> rows = {0, 1, 0, 1};
      const std::vector<float> min_sum(3, 1e-20F);
      std::vector<std::int32_t> weak(3, -1);
      ASSERT_EQ(add_attention(table.view(), begin.data(), rows.data(), min_sum.data(), 1.0F, scores, weak.data()), 1);
      EXPECT_EQ(weak[0], 1);
      EXPECT_EQ(scores(0, column), 1.0F);
      EXPECT_EQ(scores(2, column == 0 ? 1 : 0), 1.0F);
    }
  });
}

}  // namespace
}  // namespace monet::kernels
