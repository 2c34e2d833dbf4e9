#include "monet/kernels/row_normalize.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <vector>

namespace monet::kernels::testing::row_normalize_test {
namespace {

constexpr Index kRows = 5;
using Floats = std::vector<float>;

Floats random_floats(Index size, std::uint64_t seed) {
  Rng rng(seed);
  Floats out(static_cast<std::size_t>(size));
  for (float& v : out) v = static_cast<float>(rng.uniform(-1.0, 1.0));
  return out;
}

double norm(const Strided& z, Index r, const float* bias = nullptr) {
  double squares = 0.0;
  for (Index c = 0; c < z.cols(); ++c) {
    // The sum is stored as a float before it is squared.
    const double v = bias == nullptr ? z(r, c) : z(r, c) + bias[c];
    squares += v * v;
  }
  return std::sqrt(squares);
}

/// Half the relative error of the squares' sum, the root, the quotient and the product.
double norm_tolerance(Index width) {
  return (static_cast<double>(width) / 2.0 + 5.0) * kUnit;
}

TEST(NormalizeRows, DividesByTheNorm) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Strided z(kRows, width, 1);
      Strided out(kRows, width, 2);
      Floats inverse(kRows);
      normalize_rows(z.view(), out.view(), inverse);
      EXPECT_TRUE(out.margins_intact());
      for (Index r = 0; r < kRows; ++r) {
        const double length = norm(z, r);
        EXPECT_TRUE(close(inverse[static_cast<std::size_t>(r)] * length, 1.0, norm_tolerance(width)));
        for (Index c = 0; c < width; ++c) {
          const double want = z(r, c) / length;
          ASSERT_TRUE(close(out(r, c), want, norm_tolerance(width) * std::abs(want)));
        }
      }
      // In place: the same bits.
      Strided same(kRows, width, 1);
      normalize_rows(same.view(), same.view(), inverse);
      for (Index r = 0; r < kRows; ++r) {
        for (Index c = 0; c < width; ++c) ASSERT_TRUE(same_bits(same(r, c), out(r, c)));
      }
    }
  });
}

TEST(NormalizeRows, AShortRowIsDividedByTheFloor) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      Strided z(3, width, 1);
      fill(z.view(), 0.0F);
      z(1, width - 1) = 5e-13F;  // below the floor
      z(2, width - 1) = 4e-12F;  // above it
      Floats inverse(3);
      normalize_rows(z.view(), z.view(), inverse);
      for (Index c = 0; c < width; ++c) EXPECT_EQ(z(0, c), 0.0F);
      EXPECT_TRUE(close(z(1, width - 1), 0.5, 4.0 * kUnit));
      EXPECT_TRUE(close(z(2, width - 1), 1.0, 4.0 * kUnit));
      EXPECT_EQ(inverse[0], 1.0F / kNormFloor);
      EXPECT_EQ(inverse[1], 1.0F / kNormFloor);
    }
  });
}

TEST(BiasNormalizeRows, IsTheTwoStepsInOne) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Strided z(kRows, width, 1);
      const Floats bias = random_floats(width, 3);
      Strided out(kRows, width, 2), added(kRows, width, 1);
      Floats inverse(kRows);
      bias_normalize_rows(z.view(), bias, out.view(), inverse);
      add_bias(added.view(), bias);
      EXPECT_TRUE(out.margins_intact());
      EXPECT_TRUE(added.margins_intact());
      for (Index r = 0; r < kRows; ++r) {
        const double length = norm(z, r, bias.data());
        EXPECT_TRUE(close(inverse[static_cast<std::size_t>(r)] * length, 1.0, norm_tolerance(width)));
        for (Index c = 0; c < width; ++c) {
          const float sum = z(r, c) + bias[static_cast<std::size_t>(c)];
          ASSERT_EQ(added(r, c), sum);
          ASSERT_TRUE(close(out(r, c), sum / length, norm_tolerance(width) * std::abs(sum / length)));
        }
      }
    }
  });
}

TEST(NormalizeRowsBackward, MatchesFloat64) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      Strided z(kRows, width, 1);
      fill(z.view().row_range(2, 1), 1e-15F);  // at the floor: scaled only
      Strided out(kRows, width, 2);
      Floats inverse(kRows);
      normalize_rows(z.view(), out.view(), inverse);
      const Strided g(kRows, width, 4);
      Strided dz(kRows, width, 5);
      const Floats before = random_floats(width, 6);
      Floats sum = before;
      normalize_rows_backward(out.view(), inverse, g.view(), dz.view(), sum);
      EXPECT_TRUE(dz.margins_intact());
      std::vector<double> want_sum(before.begin(), before.end());
      std::vector<double> sum_tolerance(before.size(), 0.0);
      for (Index r = 0; r < kRows; ++r) {
        const double factor = inverse[static_cast<std::size_t>(r)];
        double along = 0.0;
        double magnitude = 0.0;
        for (Index c = 0; c < width && r != 2; ++c) {
          along += static_cast<double>(g(r, c)) * out(r, c);
          magnitude += std::abs(static_cast<double>(g(r, c)) * out(r, c));
        }
        for (Index c = 0; c < width; ++c) {
          const double want = (g(r, c) - along * out(r, c)) * factor;
          const double tolerance =
              kUnit * factor *
              (static_cast<double>(width + 4) * magnitude * std::abs(out(r, c)) + 4.0 * std::abs(g(r, c)));
          ASSERT_TRUE(close(dz(r, c), want, tolerance)) << "row " << r;
          const auto column = static_cast<std::size_t>(c);
          want_sum[column] += want;
          sum_tolerance[column] += tolerance + (kRows + 1) * kUnit * (std::abs(want) + std::abs(before[column]));
        }
      }
      for (std::size_t c = 0; c < sum.size(); ++c) ASSERT_TRUE(close(sum[c], want_sum[c], sum_tolerance[c]));

      // Over its own input and without a column sum: the same bits.
      Strided over(kRows, width, 4);
      normalize_rows_backward(out.view(), inverse, over.view(), over.view(), {});
      for (Index r = 0; r < kRows; ++r) {
        for (Index c = 0; c < width; ++c) ASSERT_TRUE(same_bits(over(r, c), dz(r, c)));
      }
    }
  });
}

TEST(AddColumnSums, AddsToWhatIsThere) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Strided z(37, width, 1);
      const Floats before = random_floats(width, 2);
      Floats sum = before;
      add_column_sums(z.view(), sum);
      for (Index c = 0; c < width; ++c) {
        double want = before[static_cast<std::size_t>(c)];
        double magnitude = std::abs(want);
        for (Index r = 0; r < 37; ++r) {
          want += z(r, c);
          magnitude += std::abs(z(r, c));
        }
        EXPECT_TRUE(close(sum[static_cast<std::size_t>(c)], want, 38.0 * kUnit * magnitude));
      }
    }
  });
}

TEST(NormalizeRows, NoRowsIsNothingToDo) {
  monet::testing::on_every_target([] {
    Strided none(0, 64, 1);
    Floats bias(64, 1.0F), sum(64, 2.0F);
    normalize_rows(none.view(), none.view(), {});
    bias_normalize_rows(none.view(), bias, none.view(), {});
    normalize_rows_backward(none.view(), {}, none.view(), none.view(), sum);
    add_bias(none.view(), bias);
    add_column_sums(none.view(), sum);
    EXPECT_TRUE(none.margins_intact());
    EXPECT_EQ(sum, Floats(64, 2.0F));
  });
}

}  // namespace
}  // namespace monet::kernels::testing::row_normalize_test
