#include "monet/kernels/online_softmax.h"

#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::kernels::testing {
namespace {

/// exp(logit − shift) of whole rows, and their sums, in float64.
void expect_softmax(const Strided& products, const Strided& got, double factor, const std::vector<float>& bias,
                    const std::vector<float>& shift, const std::vector<float>& sum) {
  for (Index r = 0; r < products.rows(); ++r) {
    double total = 0.0;
    double largest = -1e300;
    for (Index c = 0; c < products.cols(); ++c) {
      const double b = bias.empty() ? 0.0 : static_cast<double>(bias[static_cast<std::size_t>(c)]);
      const double logit = factor * static_cast<double>(products(r, c)) + b;
      const double want = std::exp(logit - static_cast<double>(shift[static_cast<std::size_t>(r)]));
      // A rounding of the logit and of its distance from the shift is one of the exponent.
      const double exponent = std::abs(logit) + std::abs(static_cast<double>(shift[static_cast<std::size_t>(r)])) + 8.0;
      ASSERT_TRUE(close(static_cast<double>(got(r, c)), want, 4.0 * kUnit * exponent * want + 1e-37))
          << "row " << r << ", column " << c;
      total += want;
      largest = std::max(largest, logit);
    }
    // No sum can overflow, and none vanishes.
    ASSERT_LE(largest - static_cast<double>(shift[static_cast<std::size_t>(r)]), 41.0);
    ASSERT_GE(total, 0.99);
    ASSERT_TRUE(close(static_cast<double>(sum[static_cast<std::size_t>(r)]), total, 400.0 * kUnit * total)) << r;
  }
}

TEST(OnlineSoftmax, PiecesOfRowsAreTheSoftmaxOfTheWhole) {
  monet::testing::on_every_target([] {
    for (const Index cols : kWidths) {
      for (const Index piece : {Index{1}, Index{16}, Index{37}, cols}) {
        for (const double factor : {1.0, 5.0, -70.0}) {
          for (const bool biased : {false, true}) {
            const Strided products(3, cols, 7);
            Strided x(3, cols, 7);
            std::vector<float> bias(biased ? static_cast<std::size_t>(cols) : 0);
            for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = static_cast<float>(c % 5) - 2.0F;
            std::vector<float> shift(3), sum(3);
            const SoftmaxState state{shift, sum};
            state.reset();
            for (Index first = 0; first < cols; first += piece) {
              const Index count = std::min(piece, cols - first);
              const auto own = std::span<const float>(bias).subspan(biased ? static_cast<std::size_t>(first) : 0,
                                                                    biased ? static_cast<std::size_t>(count) : 0);
              add_softmax_columns(x.view(), first, count, static_cast<float>(factor), own, state);
            }
            expect_softmax(products, x, factor, bias, shift, sum);
            EXPECT_TRUE(x.margins_intact());
          }
        }
      }
    }
  });
}

// The logits climb by 60 a piece, so that the shift moves at each, and what was there is rescaled.
TEST(OnlineSoftmax, ALaterLargerLogitMovesTheShift) {
  monet::testing::on_every_target([] {
    Strided products(2, 48, 3);
    for (Index r = 0; r < 2; ++r) {
      for (Index c = 0; c < 48; ++c) products(r, c) += static_cast<float>(c / 16) * 60.0F;
    }
    Strided x(2, 48, 3);
    copy<float>(products.view(), x.view());
    std::vector<float> shift(2), sum(2);
    const SoftmaxState state{shift, sum};
    state.reset();
    for (Index first = 0; first < 48; first += 16) add_softmax_columns(x.view(), first, 16, 1.0F, {}, state);
    for (const float s : shift) EXPECT_GT(s, 119.0F);
    for (Index r = 0; r < 2; ++r) {
      EXPECT_LT(x(r, 0), 1e-37F);
      EXPECT_GT(sum[static_cast<std::size_t>(r)], 1.0F);
      EXPECT_TRUE(std::isfinite(sum[static_cast<std::size_t>(r)]));
    }
  });
}

TEST(OnlineSoftmax, WeightedColumnSumsAgreeWithTheDefinition) {
  monet::testing::on_every_target([] {
    for (const Index rows : {0, 1, 9}) {
      for (const Index cols : kWidths) {
        const Strided x(rows, cols, 5);
        std::vector<float> weights(static_cast<std::size_t>(rows)), sums(static_cast<std::size_t>(cols) + 1, 2.0F);
        for (std::size_t r = 0; r < weights.size(); ++r) weights[r] = 0.25F * static_cast<float>(r + 1);
        add_weighted_column_sums(x.view(), weights, std::span(sums).first(static_cast<std::size_t>(cols)));
        for (Index c = 0; c < cols; ++c) {
          double want = 2.0;
          double magnitude = 2.0;
          for (Index r = 0; r < rows; ++r) {
            const double term =
                static_cast<double>(weights[static_cast<std::size_t>(r)]) * static_cast<double>(x(r, c));
            want += term;
            magnitude += std::abs(term);
          }
          ASSERT_TRUE(close(static_cast<double>(sums[static_cast<std::size_t>(c)]), want,
                            static_cast<double>(rows + 2) * kUnit * magnitude));
        }
        EXPECT_EQ(sums.back(), 2.0F);
        // Of bfloat16 the sums are those of its numbers in float32.
        std::vector<BFloat16> memory(static_cast<std::size_t>(rows * (cols + 3)));
        const MatrixView<BFloat16> half(memory.data(), rows, cols, cols + 3);
        to_bfloat16(x.view(), half);
        Matrix<float> widened(rows, cols);
        to_float32(half, widened.view());
        std::vector<float> got(sums.size(), 2.0F), same(sums.size(), 2.0F);
        add_weighted_column_sums(half, weights, std::span(got).first(static_cast<std::size_t>(cols)));
        add_weighted_column_sums(widened.view(), weights, std::span(same).first(static_cast<std::size_t>(cols)));
        EXPECT_EQ(got, same);
      }
    }
  });
}

}  // namespace
}  // namespace monet::kernels::testing
