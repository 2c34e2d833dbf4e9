#include "monet/kernels/skinny_gemm.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <vector>

namespace monet::kernels::testing {
namespace {

/// Whether c = before + op(a) b, each entry a sum of k products and what was there.
void expect_sum(const Strided& c, Index row, Index column, double before, const std::vector<double>& products) {
  double sum = before;
  double magnitude = std::abs(before);
  for (const double p : products) {
    sum += p;
    magnitude += std::abs(p);
  }
  ASSERT_TRUE(close(c(row, column), sum, static_cast<double>(products.size() + 2) * kUnit * magnitude))
      << "at " << row << ", " << column;
}

TEST(SkinnyGemm, MatchesFloat64AsItLiesAndTransposed) {
  monet::testing::on_every_target([] {
    for (const Index m : {1, 2, 3, 5, 6, 7, 12, 13, 31}) {
      for (const Index k : {1, 2, 17, 128}) {
        for (const Index n : {64, 128}) {
          for (const bool transposed : {false, true}) {
            for (const bool accumulate : {false, true}) {
              const Strided a(transposed ? k : m, transposed ? m : k, 1), b(k, n, 2), before(m, n, 3);
              Strided c(m, n, 3);
              const auto view = a.view();
              skinny_gemm(view.data, transposed ? 1 : view.stride, transposed ? view.stride : 1, m, k, b.view(),
                          accumulate, c.view());
              EXPECT_TRUE(c.margins_intact());
              std::vector<double> products(static_cast<std::size_t>(k));
              for (Index i = 0; i < m; ++i) {
                for (Index j = 0; j < n; ++j) {
                  for (Index t = 0; t < k; ++t) {
                    products[static_cast<std::size_t>(t)] =
                        static_cast<double>(transposed ? a(t, i) : a(i, t)) * b(t, j);
                  }
                  expect_sum(c, i, j, accumulate ? before(i, j) : 0.0F, products);
                }
              }
            }
          }
        }
      }
    }
  });
}

/// Widths of features around the pieces that are packed and multiplied together.
constexpr std::array<Index, 9> kFeatures{1, 16, 47, 48, 49, 96, 127, 129, 300};

TEST(ProjectBlock, IsXTimesThePackedWeight) {
  monet::testing::on_every_target([] {
    for (const Index features : kFeatures) {
      for (const Index rows : {Index{1}, Index{5}, kProjectRows}) {
        const Strided x(rows, features, 1), packed(features, 64, 2);
        Strided z(rows, 64, 3);
        project_block(x.view(), packed.view(), z.view());
        EXPECT_TRUE(z.margins_intact());
        std::vector<double> products(static_cast<std::size_t>(features));
        for (Index r = 0; r < rows; ++r) {
          for (Index j = 0; j < 64; ++j) {
            for (Index t = 0; t < features; ++t) {
              products[static_cast<std::size_t>(t)] = static_cast<double>(x(r, t)) * packed(t, j);
            }
            expect_sum(z, r, j, 0.0, products);
          }
        }
      }
    }
  });
}

TEST(ProjectBlockBackward, AddsXTransposedTimesTheGradient) {
  monet::testing::on_every_target([] {
    for (const Index features : kFeatures) {
      for (const Index rows : {Index{1}, Index{5}, kProjectRows}) {
        const Strided x(rows, features, 1), dz(rows, 64, 2), before(features, 64, 3);
        Strided g(features, 64, 3);
        // NaN in the memory for packing, and a guard behind it.
        std::vector<float> pack(static_cast<std::size_t>(kPackFloats) + 1, std::numeric_limits<float>::quiet_NaN());
        pack.back() = 7.0F;
        project_block_backward(x.view(), dz.view(), g.view(), pack.data());
        EXPECT_TRUE(g.margins_intact());
        EXPECT_EQ(pack.back(), 7.0F);
        std::vector<double> products(static_cast<std::size_t>(rows));
        for (Index f = 0; f < features; ++f) {
          for (Index j = 0; j < 64; ++j) {
            for (Index r = 0; r < rows; ++r) {
              products[static_cast<std::size_t>(r)] = static_cast<double>(x(r, f)) * dz(r, j);
            }
            expect_sum(g, f, j, before(f, j), products);
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace monet::kernels::testing
