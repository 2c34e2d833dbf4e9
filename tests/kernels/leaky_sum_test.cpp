#include "monet/kernels/leaky_sum.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <set>
#include <vector>

namespace monet::kernels::testing::leaky_sum_test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr Index kRows = 37;
constexpr Index kMarginBytes = 3;
constexpr std::uint8_t kGuard = 0xAA;

/// Awkward memory for one call.
struct Problem {
  explicit Problem(Index width, float rate)
      : a(kRows, width, 1),
        b(kRows, width, 2),
        biases(2, width, 3),
        y(kRows, width, 4),
        seed(kRows, width, 5),
        a_grad(kRows, width, 6),
        b_grad(kRows, width, 7),
        dropout(Dropout::at(rate, 99)),
        signs(static_cast<std::size_t>(kRows * (width + kMarginBytes)), kGuard),
        width_(width) {}

  MatrixView<std::uint8_t> marks() { return {signs.data(), kRows, width_, width_ + kMarginBytes}; }
  LeakySumOperands operands(Strided& target) {
    return {a.view(),      b.view(), biases.view().row(0), biases.view().row(1), 0.01F, dropout, 1000,
            target.view(), marks()};
  }
  bool byte_margins_intact() const {
    for (Index r = 0; r < kRows; ++r) {
      for (Index k = 0; k < kMarginBytes; ++k) {
        if (signs[static_cast<std::size_t>(r * (width_ + kMarginBytes) + width_ + k)] != kGuard) return false;
      }
    }
    return true;
  }

  Strided a, b, biases, y, seed, a_grad, b_grad;
  Dropout dropout;
  Bytes signs;
  Index width_;
};

TEST(LeakySum, MatchesFloat64AndKeepsTheSameSigns) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      for (const float rate : {0.0F, 0.3F}) {
        Problem got(width, rate), want(width, rate);
        leaky_sum(got.operands(got.y));
        leaky_sum_reference(want.operands(want.y));
        EXPECT_TRUE(got.y.margins_intact());
        EXPECT_TRUE(got.byte_margins_intact());
        EXPECT_EQ(got.signs, want.signs);
        for (Index r = 0; r < kRows; ++r) {
          for (Index c = 0; c < width; ++c) {
            // Two sums, a sum of them and a product, of terms below 4.
            ASSERT_TRUE(close(got.y(r, c), want.y(r, c), 5 * 4 * 1.5 * kUnit)) << r << ", " << c;
          }
        }
      }
    }
  });
}

TEST(LeakySum, DropsTheShareAskedForAndBySeedAndPlaceAlone) {
  constexpr Index kMany = 4000;
  constexpr Index kWide = 64;
  const auto threshold = Dropout::at(0.1F, 1).threshold;
  Index dropped = 0;
  Index both = 0;
  std::set<std::uint32_t> first_column;
  for (Index r = 0; r < kMany; ++r) {
    for (Index c = 0; c < kWide; ++c) {
      const bool here = dropout_bits(1, r, c) < threshold;
      dropped += here ? 1 : 0;
      both += here && dropout_bits(2, r, c) < threshold ? 1 : 0;
    }
    first_column.insert(dropout_bits(1, r, 0));
  }
  // Five standard deviations of a binomial count.
  const double draws = kMany * kWide;
  EXPECT_NEAR(static_cast<double>(dropped), 0.1 * draws, 5.0 * std::sqrt(0.09 * draws));
  EXPECT_NEAR(static_cast<double>(both), 0.01 * draws, 5.0 * std::sqrt(0.0099 * draws));
  EXPECT_GT(first_column.size(), static_cast<std::size_t>(kMany - 10));
}

TEST(LeakySumBackward, IsTheSlopeOfWhatWasKept) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      Problem p(width, 0.3F);
      leaky_sum(p.operands(p.y));
      Strided sums(2, width, 8);
      const Strided before(2, width, 8);
      leaky_sum_backward({p.seed.view(), p.marks(), 0.01F, p.dropout.scale, p.a_grad.view(), p.b_grad.view(),
                          sums.view().row(0), sums.view().row(1)});
      for (const Strided* written : {&p.a_grad, &p.b_grad, &sums}) EXPECT_TRUE(written->margins_intact());
      for (Index c = 0; c < width; ++c) {
        std::array<double, 2> total{before(0, c), before(1, c)};
        std::array<double, 2> magnitude{std::abs(total[0]), std::abs(total[1])};
        for (Index r = 0; r < kRows; ++r) {
          const bool kept = dropout_bits(p.dropout.key, 1000 + r, c) >= p.dropout.threshold;
          for (const Index side : {0, 1}) {
            const Strided& in = side == 0 ? p.a : p.b;
            const bool positive = in(r, c) + p.biases(side, c) > 0.0F;
            const double want =
                kept ? static_cast<double>(p.dropout.scale) * p.seed(r, c) * (positive ? 1.0 : 0.01) : 0;
            const float got = side == 0 ? p.a_grad(r, c) : p.b_grad(r, c);
            ASSERT_TRUE(close(got, want, 4 * kUnit * std::abs(want))) << r << ", " << c;
            total[static_cast<std::size_t>(side)] += want;
            magnitude[static_cast<std::size_t>(side)] += std::abs(want);
          }
        }
        for (const std::size_t side : {0U, 1U}) {
          ASSERT_TRUE(close(sums(static_cast<Index>(side), c), total[side], (kRows + 6) * kUnit * magnitude[side]));
        }
      }
    }
  });
}

}  // namespace
}  // namespace monet::kernels::testing::leaky_sum_test
