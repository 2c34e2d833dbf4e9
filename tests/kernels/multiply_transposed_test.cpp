#include "monet/kernels/multiply_transposed.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "tests/kernels/every_target.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace monet::kernels {
namespace {

// Around the widths of a tile and of a piece of B, no row and one, no columns to sum over, strides beyond the width.
TEST(MultiplyTransposed, AgreesWithTheDefinition) {
  monet::testing::on_every_target([] {
    for (const Index m : {0, 1, 5, 6, 70}) {
      for (const Index n : {1, 63, 64, 65, 130}) {
        for (const Index k : {0, 1, 17, 128, 129, 300}) {
          Rng rng(3);
          Matrix<float> a(m, k + 1), b(n, k + 2), c(m, n + 3);
          for (Matrix<float>* matrix : {&a, &b}) {
            for (Index i = 0; i < matrix->size(); ++i) matrix->data()[i] = static_cast<float>(rng.uniform(-1.0, 1.0));
          }
          fill(c.view(), 7.0F);
          multiply_transposed(a.view().columns(0, k), b.view().columns(1, k), c.view().columns(0, n));
          // k products below 1 in magnitude, each rounded and added.
          const double tolerance =
              static_cast<double>(k * k) * static_cast<double>(std::numeric_limits<float>::epsilon());
          for (Index r = 0; r < m; ++r) {
            for (Index j = 0; j < n; ++j) {
              double sum = 0.0;
              for (Index t = 0; t < k; ++t) sum += static_cast<double>(a(r, t)) * static_cast<double>(b(j, t + 1));
              ASSERT_NEAR(static_cast<double>(c(r, j)), sum, tolerance) << m << " x " << n << " x " << k;
            }
            for (Index j = n; j < n + 3; ++j) ASSERT_EQ(c(r, j), 7.0F) << "written past the end";
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace monet::kernels
