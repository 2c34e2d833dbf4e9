#include "monet/kernels/scaled_columns.h"

#include <gmock/gmock.h>

#include <vector>

namespace monet::kernels {
namespace {

TEST(ScaledColumns, CenterAndScale) {
  Matrix<float> x(2, 3);
  for (Index k = 0; k < x.size(); ++k) x.data()[k] = static_cast<float>(k + 1);
  const auto rows = [&](std::vector<double> center, std::vector<double> scale) {
    const Matrix<float> y = scaled_columns(x.view(), center, scale);
    return std::vector<float>(y.data(), y.data() + y.size());
  };
  EXPECT_EQ(rows({}, {}), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(rows({}, {2.0}), (std::vector<float>{2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(rows({}, {2.0, 1.0, 0.5}), (std::vector<float>{2, 2, 1.5, 8, 5, 3}));
  EXPECT_EQ(rows({1.0, 2.0, 4.0}, {2.0, 1.0, 0.5}), (std::vector<float>{0, 0, -0.5, 6, 3, 1}));
}

}  // namespace
}  // namespace monet::kernels
