#include "monet/kernels/modality_attention.h"

#include "monet/kernels/rank_tile.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace monet::kernels::testing {
namespace {

// e^2x is within 2 ulp, a sum and a quotient round once each, and the derivative of 2 / (e + 1) by ln e is at most 1/2.
constexpr double kTanh = 4.0 * kUnit;

TEST(Tanh, IsCloseForEveryWidthAndSize) {
  monet::testing::on_every_target([] {
    for (const Index cols : kWidths) {
      Strided x(3, cols, static_cast<std::uint64_t>(cols), -6.0, 6.0);
      const Matrix<float> before = Matrix<float>::copy_of(x.view());
      tanh_in_place(x.view());
      EXPECT_TRUE(x.margins_intact());
      for (Index r = 0; r < 3; ++r) {
        for (Index c = 0; c < cols; ++c) {
          EXPECT_TRUE(close(static_cast<double>(x(r, c)), std::tanh(static_cast<double>(before(r, c))), kTanh));
        }
      }
    }
  });
}

TEST(Tanh, SaturatesWithoutOverflow) {
  monet::testing::on_every_target([] {
    Matrix<float> x(1, 6);
    const float huge = std::numeric_limits<float>::max();
    const std::vector<float> values = {huge, -huge, 19.0F, -45.0F, 0.0F, 1e-8F};
    std::copy(values.begin(), values.end(), x.data());
    tanh_in_place(x.view());
    EXPECT_EQ(x(0, 0), 1.0F);
    EXPECT_EQ(x(0, 1), -1.0F);
    EXPECT_EQ(x(0, 2), 1.0F);
    EXPECT_EQ(x(0, 3), -1.0F);
    EXPECT_EQ(x(0, 4), 0.0F);
    EXPECT_NEAR(x(0, 5), 1e-8F, kTanh);
  });
}

TEST(TanhLogits, SumsWeightedTanh) {
  monet::testing::on_every_target([] {
    for (const Index a : {1, 2, 3, 16, 33}) {
      for (const Index t : {kTileColumns, 2 * kTileColumns}) {
        const Strided x(a, t, 5, -9.0, 9.0);
        const Strided bias(1, a, 6), weight(1, a, 7);
        std::vector<float> logits(static_cast<std::size_t>(t));
        tanh_logits(x.view(), bias.view().data, weight.view().data, logits.data());
        for (Index c = 0; c < t; ++c) {
          double want = 0.0, terms = 0.0;
          for (Index j = 0; j < a; ++j) {
            const auto w = static_cast<double>(weight(0, j));
            want += w * std::tanh(static_cast<double>(x(j, c)) + static_cast<double>(bias(0, j)));
            terms += std::abs(w);
          }
          // Each term has the error of its tanh, of x + b (at most 10 units, where tanh is flat: 1 unit by its slope),
          // and of a shared quotient; sums of a terms up to 3 |w| add to that.
          const double allowed = (static_cast<double>(a) + 8.0) * 3.0 * kUnit * terms;
          EXPECT_TRUE(close(static_cast<double>(logits[static_cast<std::size_t>(c)]), want, allowed)) << a << ", " << c;
        }
      }
    }
  });
}

TEST(TanhLogits, SaturatesWithoutOverflow) {
  monet::testing::on_every_target([] {
    Matrix<float> x(2, kTileColumns);
    fill(x.view().row_range(0, 1), 1e30F);
    fill(x.view().row_range(1, 1), -1e30F);
    const std::vector<float> bias = {0.0F, 0.0F}, weight = {2.0F, 0.5F};
    std::vector<float> logits(static_cast<std::size_t>(kTileColumns));
    tanh_logits(x.view(), bias.data(), weight.data(), logits.data());
    for (const float logit : logits) EXPECT_EQ(logit, 1.5F);
  });
}

TEST(SoftmaxMix, IsAWeightedMean) {
  monet::testing::on_every_target([] {
    for (const Index count : {1, 2, 5}) {
      for (const double spread : {1.0, 300.0}) {
        const Strided logits(count, kTileColumns, 8, -spread, spread), values(count, kTileColumns, 9, -3.0, 3.0);
        std::vector<float> scores(static_cast<std::size_t>(kTileColumns));
        softmax_mix(logits.view(), values.view(), scores.data());
        for (Index c = 0; c < kTileColumns; ++c) {
          double largest = -std::numeric_limits<double>::infinity();
          for (Index m = 0; m < count; ++m) largest = std::max(largest, static_cast<double>(logits(m, c)));
          double weights = 0.0, weighted = 0.0, size = 0.0;
          for (Index m = 0; m < count; ++m) {
            const double e = std::exp(static_cast<double>(logits(m, c)) - largest);
            weights += e;
            weighted += e * static_cast<double>(values(m, c));
            size = std::max(size, std::abs(static_cast<double>(values(m, c))));
          }
          // A weight e^-x is off by 2 ulp and by x roundings of x, and x e^-x < 1.
          const double allowed = (static_cast<double>(count) + 4.0) * 4.0 * kUnit * size;
          EXPECT_TRUE(close(static_cast<double>(scores[static_cast<std::size_t>(c)]), weighted / weights, allowed));
        }
      }
    }
  });
}

}  // namespace
}  // namespace monet::kernels::testing
