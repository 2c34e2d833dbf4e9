#include "monet/kernels/bfloat16.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <bit>
#include <cstdint>
#include <vector>

namespace monet::kernels::testing {
namespace {

BFloat16 rounded(std::uint32_t bits) {
  const float value = std::bit_cast<float>(bits);
  BFloat16 out = 0;
  to_bfloat16({&value, 1, 1}, {&out, 1, 1});
  return out;
}

float widened(BFloat16 value) {
  float out = 0.0F;
  to_float32({&value, 1, 1}, {&out, 1, 1});
  return out;
}

/// The nearest bfloat16 by its definition: of the two neighbours the closer, of two as close the even one. Finite only.
std::uint16_t nearest(std::uint32_t bits) {
  const auto low = static_cast<std::uint16_t>(bits >> 16);
  const auto high = static_cast<std::uint16_t>(low + 1);
  const auto value = static_cast<double>(std::bit_cast<float>(bits));
  const auto as_double = [](std::uint16_t half) {
    // Past the largest finite one lies 2^128, which rounding treats like any other neighbour.
    if ((half & 0x7fffU) == 0x7f80U) return std::copysign(std::ldexp(1.0, 128), half >= 0x8000U ? -1.0 : 1.0);
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16));
  };
  const double below = std::abs(value - as_double(low));
  const double above = std::abs(as_double(high) - value);
  if (below != above) return below < above ? low : high;
  return low % 2 == 0 ? low : high;
}

TEST(BFloat16, RoundsToTheNearestAndTiesToEven) {
  EXPECT_EQ(rounded(0x3f808000U), 0x3f80U);  // halfway, even below
  EXPECT_EQ(rounded(0x3f818000U), 0x3f82U);  // halfway, even above
  EXPECT_EQ(rounded(0x3f808001U), 0x3f81U);
  EXPECT_EQ(rounded(0x3f817fffU), 0x3f81U);
  EXPECT_EQ(rounded(0x3fffffffU), 0x4000U);  // into the next exponent
  EXPECT_EQ(rounded(0x00000000U), 0x0000U);
  EXPECT_EQ(rounded(0x80000000U), 0x8000U);
  EXPECT_EQ(rounded(0x00000001U), 0x0000U);  // subnormal
  EXPECT_EQ(rounded(0x00018000U), 0x0002U);
  EXPECT_EQ(rounded(0x7f7fffffU), 0x7f80U);  // the largest float32 is nearer to infinity
  EXPECT_EQ(rounded(0x7f7f7fffU), 0x7f7fU);
  Rng rng(1);
  for (int n = 0; n < 200000; ++n) {
    auto bits = static_cast<std::uint32_t>(rng.next());
    if (n % 4 == 0) bits = (bits & 0xffff0000U) | 0x8000U;  // a tie
    if ((bits & 0x7f800000U) == 0x7f800000U) continue;
    ASSERT_EQ(rounded(bits), nearest(bits)) << "of " << std::hex << bits;
  }
}

TEST(BFloat16, InfinityStaysInfinityAndNanStaysNan) {
  EXPECT_EQ(rounded(0x7f800000U), 0x7f80U);
  EXPECT_EQ(rounded(0xff800000U), 0xff80U);
  // Payloads in the upper half, in the lower half only, and all ones.
  for (const std::uint32_t bits :
       {0x7fc00000U, 0xffc00000U, 0x7f800001U, 0xff800001U, 0x7f80ffffU, 0x7fffffffU, 0xffffffffU, 0x7fff8000U}) {
    const float back = widened(rounded(bits));
    EXPECT_TRUE(std::isnan(back)) << "of " << std::hex << bits;
    EXPECT_EQ(std::signbit(back), (bits >> 31) != 0) << "of " << std::hex << bits;
  }
}

TEST(BFloat16, WideningIsExactAndUndoneByRounding) {
  for (std::uint32_t half = 0; half < 0x10000U; ++half) {
    const auto stored = static_cast<BFloat16>(half);
    const float wide = widened(stored);
    ASSERT_EQ(std::bit_cast<std::uint32_t>(wide), half << 16);
    if (!std::isnan(wide)) {
      ASSERT_EQ(rounded(half << 16), stored);
    }
  }
}

// A row of one is converted without vectors, and checked above against the definition.
TEST(BFloat16, EveryTargetRoundsARowAsItRoundsOneNumber) {
  monet::testing::on_every_target([] {
    Rng rng(2);
    for (int n = 0; n < 2000; ++n) {
      std::vector<std::uint32_t> bits(37);
      for (std::uint32_t& b : bits) {
        b = static_cast<std::uint32_t>(rng.next());
        if (rng.below(4) == 0) b = (b & 0xffff0000U) | 0x8000U;  // a tie
        if (rng.below(8) == 0) b |= 0x7f800000U;                 // an infinity or a NaN
      }
      std::vector<float> row;
      for (const std::uint32_t b : bits) row.push_back(std::bit_cast<float>(b));
      std::vector<BFloat16> got(row.size());
      const auto size = static_cast<Index>(row.size());
      to_bfloat16({row.data(), 1, size}, {got.data(), 1, size});
      for (std::size_t c = 0; c < row.size(); ++c) {
        ASSERT_EQ(got[c], rounded(bits[c])) << "of " << std::hex << bits[c];
      }
    }
  });
}

TEST(BFloat16, ConvertsStridedViewsAndNothingBesideThem) {
  for (const Index cols : kWidths) {
    const Strided source(3, cols, 4);
    std::vector<BFloat16> memory(static_cast<std::size_t>(3 * (cols + 6)), 0x1234);
    const MatrixView<BFloat16> target(memory.data() + 3, 3, cols, cols + 6);
    to_bfloat16(source.view(), target);
    Strided back(3, cols, 5);
    to_float32(target, back.view());
    EXPECT_TRUE(back.margins_intact());
    for (Index r = 0; r < 3; ++r) {
      EXPECT_EQ(target.row(r)[-1], 0x1234);
      EXPECT_EQ(target.row(r)[cols], 0x1234);
      for (Index c = 0; c < cols; ++c) {
        EXPECT_EQ(target(r, c), nearest(std::bit_cast<std::uint32_t>(source(r, c))));
        EXPECT_TRUE(close(back(r, c), source(r, c), std::abs(source(r, c)) / 256.0));
      }
    }
  }
  to_bfloat16(MatrixView<const float>{}, MatrixView<BFloat16>{});
}

}  // namespace
}  // namespace monet::kernels::testing
