#include "monet/kernels/sampled_dot.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <vector>

namespace monet::kernels::testing {
namespace {

/// Rows of many, no and one entries.
Csr pattern() {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t c = 0; c < 19; ++c) pairs.emplace_back(0, c);
  for (const auto& [r, c] : {std::pair{2, 5}, {3, 0}, {3, 18}, {5, 7}}) pairs.emplace_back(r, c);
  return Csr::from_pairs(6, 19, pairs);
}

TEST(SampledDotRows, MatchesFloat64InTheRowsOfItsRange) {
  monet::testing::on_every_target([] {
    const Csr p = pattern();
    for (const Index width : kWidths) {
      for (const bool accumulate : {false, true}) {
        const Strided a(6, width, 1), b(19, width, 2);
        std::vector<float> y(static_cast<std::size_t>(p.nnz()), 0.5F);
        sampled_dot_rows({p.view(), a.view(), b.view(), accumulate, y}, 0, 3);
        sampled_dot_rows({p.view(), a.view(), b.view(), accumulate, y}, 3, 3);
        sampled_dot_rows({p.view(), a.view(), b.view(), accumulate, y}, 3, 5);
        std::size_t k = 0;
        for (Index r = 0; r < 5; ++r) {
          for (const std::int32_t c : p.row(r)) {
            double want = accumulate ? 0.5 : 0.0;
            double magnitude = want;
            for (Index j = 0; j < width; ++j) {
              const double term = static_cast<double>(a(r, j)) * static_cast<double>(b(c, j));
              want += term;
              magnitude += std::abs(term);
            }
            ASSERT_TRUE(close(y[k++], want, static_cast<double>(width + 2) * kUnit * magnitude)) << r << ", " << c;
          }
        }
        ASSERT_TRUE(same_bits(y[k], 0.5F)) << "row 5 was not asked for";
      }
    }
  });
}

TEST(SampledDotRows, TakesAPatternWithoutEntries) {
  const Csr none(4, 6);
  const Strided a(4, 3, 1), b(6, 3, 2);
  sampled_dot_rows({none.view(), a.view(), b.view(), false, {}}, 0, 4);
}

}  // namespace
}  // namespace monet::kernels::testing
