// The judge of the kernel tests: a comparison that cannot fail would pass every kernel.

#include "tests/kernels/support.h"

namespace monet::kernels::testing {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Comparator, AcceptsWhatIsWithinTheTolerance) {
  EXPECT_TRUE(close(1.0, 1.0, 0.0));
  EXPECT_TRUE(close(1.0 + 1e-7, 1.0, 2e-7));
  EXPECT_TRUE(close(-3.0, -3.5, 0.5));
}

TEST(Comparator, FailsOutsideIt) {
  EXPECT_FALSE(close(1.0 + 3e-7, 1.0, 2e-7));
  EXPECT_FALSE(close(1.0 - 3e-7, 1.0, 2e-7));
  EXPECT_FALSE(close(-1e6, 100.0, 1e-3));
  EXPECT_FALSE(close(1e-30, 0.0, 0.0));
  EXPECT_FALSE(close(0.5, -0.5, 1e-6));
}

TEST(Comparator, FailsOnWhatIsNotFinite) {
  EXPECT_FALSE(close(kNan, 1.0, 1e9));
  EXPECT_FALSE(close(1.0, kNan, 1e9));
  EXPECT_FALSE(close(kNan, kNan, 1e9));
  EXPECT_FALSE(close(kInfinity, 1.0, 1e9));
  EXPECT_FALSE(close(kInfinity, kInfinity, 0.0));
  EXPECT_FALSE(close(1.0, 1.0, kNan));
  EXPECT_FALSE(close(1.0, 2.0, kInfinity));
}

TEST(Comparator, StridedSeesAWriteBesideAnyRow) {
  for (const Index column : {Index{-1}, Index{7}}) {
    for (Index row = 0; row < 3; ++row) {
      Strided m(3, 7, 1);
      EXPECT_TRUE(m.margins_intact());
      m.view().row(row)[column] = 0.0F;
      EXPECT_FALSE(m.margins_intact()) << "row " << row << ", column " << column;
    }
  }
}

}  // namespace
}  // namespace monet::kernels::testing
