#include "monet/kernels/exponentials.h"

#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace monet::kernels::testing {
namespace {

TEST(Exponentials, AreCloseForEverySizeAndAddUp) {
  monet::testing::on_every_target([] {
    for (const Index count : kWidths) {
      for (const bool weighted : {false, true}) {
        Strided x(1, count, static_cast<std::uint64_t>(count), -1.0, 1.0);
        const Matrix<float> before = Matrix<float>::copy_of(x.view());
        std::vector<float> weights;
        for (Index k = 0; k < count; ++k) weights.push_back(static_cast<float>(1 + k % 3));
        const float sum =
            weighted_exponentials(x.view().row(0), count, 5.0F, -5.0F, weighted ? weights.data() : nullptr);
        EXPECT_TRUE(x.margins_intact());
        double want_sum = 0.0;
        for (Index k = 0; k < count; ++k) {
          const double w = weighted ? static_cast<double>(weights[static_cast<std::size_t>(k)]) : 1.0;
          const double want = w * std::exp(5.0 * static_cast<double>(before(0, k)) - 5.0);
          // The exponent, at most 10 in size, is rounded once; its exponential and the product as well.
          EXPECT_NEAR(static_cast<double>(x(0, k)), want, want * 16.0 * kUnit);
          want_sum += want;
        }
        EXPECT_NEAR(static_cast<double>(sum), want_sum, want_sum * (20.0 + static_cast<double>(count)) * kUnit);
      }
    }
  });
}

TEST(Exponentials, StayAboveZeroWhereTheyWouldLeaveFloat32) {
  std::vector<float> x = {-1000.0F, 0.0F};
  const float sum = weighted_exponentials(x.data(), 2, 1.0F, 0.0F, nullptr);
  EXPECT_GT(x[0], 0.0F);
  EXPECT_LT(x[0], 1e-37F);
  EXPECT_FLOAT_EQ(sum, 1.0F);
}

}  // namespace
}  // namespace monet::kernels::testing
