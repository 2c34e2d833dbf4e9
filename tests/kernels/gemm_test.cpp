#include "monet/kernels/gemm.h"
#include "monet/core/error.h"
#include "monet/core/thread_pool.h"
#include "tests/kernels/support.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <tuple>
#include <vector>

namespace monet::kernels::testing {
namespace {

using Shape = std::tuple<Index, Index, Index>;  // m, n, k

const std::vector<Shape> kShapes{{1, 1, 1},     {1, 17, 33},   {7, 15, 31},   {16, 16, 16},
                                 {17, 64, 127}, {33, 129, 64}, {128, 65, 8},  {63, 31, 200},
                                 {200, 1, 129}, {64, 64, 1},   {2, 128, 128}, {15, 7, 1000}};

/// One operand with its strided memory in either precision.
struct Operand {
  Operand(Index rows, Index cols, std::uint64_t seed)
      : wide(rows, cols, seed), memory(static_cast<std::size_t>(rows * (cols + 7) + 3), 0x7fc1) {
    narrow = {memory.data() + 3, rows, cols, cols + 7};
    to_bfloat16(wide.view(), narrow);
  }
  double value(Index r, Index c, bool bf16) const {
    if (!bf16) return wide(r, c);
    return std::bit_cast<float>(static_cast<std::uint32_t>(narrow(r, c)) << 16);
  }
  Strided wide;
  std::vector<BFloat16> memory;
  MatrixView<BFloat16> narrow;
};

void multiply(Transpose ta, Transpose tb, const Operand& a, const Operand& b, bool accumulate, bool bf16,
              MatrixView<float> c) {
  if (bf16) {
    gemm(ta, tb, MatrixView<const BFloat16>(a.narrow), MatrixView<const BFloat16>(b.narrow), accumulate, c);
  } else {
    gemm(ta, tb, a.wide.view(), b.wide.view(), accumulate, c);
  }
}

void expect_product(const Shape& shape, Transpose ta, Transpose tb, bool accumulate, bool bf16) {
  const auto [m, n, k] = shape;
  SCOPED_TRACE(::testing::Message() << m << " x " << n << " x " << k << ", transposed " << (ta == Transpose::yes)
                                    << (tb == Transpose::yes) << ", accumulate " << accumulate << ", bf16 " << bf16);
  const Operand a(ta == Transpose::yes ? k : m, ta == Transpose::yes ? m : k, 1);
  const Operand b(tb == Transpose::yes ? n : k, tb == Transpose::yes ? k : n, 2);
  const Strided before(m, n, 3);
  Strided c(m, n, 3);
  multiply(ta, tb, a, b, accumulate, bf16, c.view());
  EXPECT_TRUE(c.margins_intact());
  for (Index r = 0; r < m; ++r) {
    for (Index s = 0; s < n; ++s) {
      double sum = accumulate ? static_cast<double>(before(r, s)) : 0.0;
      double magnitude = std::abs(sum);
      for (Index t = 0; t < k; ++t) {
        const double product = (ta == Transpose::yes ? a.value(t, r, bf16) : a.value(r, t, bf16)) *
                               (tb == Transpose::yes ? b.value(s, t, bf16) : b.value(t, s, bf16));
        sum += product;
        magnitude += std::abs(product);
      }
      ASSERT_TRUE(close(c(r, s), sum, static_cast<double>(k + 2) * kUnit * magnitude)) << "at " << r << ", " << s;
    }
  }
}

TEST(Gemm, MatchesFloat64ForEveryLayoutAndPrecision) {
  for (const Shape& shape : kShapes) {
    for (const Transpose ta : {Transpose::no, Transpose::yes}) {
      for (const Transpose tb : {Transpose::no, Transpose::yes}) {
        for (const bool accumulate : {false, true}) {
          for (const bool bf16 : {false, true}) expect_product(shape, ta, tb, accumulate, bf16);
        }
      }
    }
  }
}

// As the processor says of itself, and not where oneDNN is held to less (kernels.gemm_without_avx512).
TEST(Gemm, MultipliesBFloat16FastWhereTheProcessorHasInstructionsForIt) {
#if defined(__x86_64__)
  const bool held = std::getenv("DNNL_MAX_CPU_ISA") != nullptr || std::getenv("ONEDNN_MAX_CPU_ISA") != nullptr;
  EXPECT_EQ(multiplies_bfloat16_fast(), !held && __builtin_cpu_supports("avx512bf16") != 0);
#else
  GTEST_SKIP() << "another processor";
#endif
}

TEST(Gemm, NoInnerDimensionGivesZeroOrLeavesWhatWasThere) {
  for (const bool accumulate : {false, true}) {
    Strided c(3, 5, 3);
    gemm(Transpose::no, Transpose::no, MatrixView<const float>(nullptr, 3, 0), MatrixView<const float>(nullptr, 0, 5),
         accumulate, c.view());
    const Strided before(3, 5, 3);
    for (Index r = 0; r < 3; ++r) {
      for (Index s = 0; s < 5; ++s) EXPECT_EQ(c(r, s), accumulate ? before(r, s) : 0.0F);
    }
    EXPECT_TRUE(c.margins_intact());
  }
}

TEST(Gemm, NoRowsOrColumnsIsNothingToDo) {
  const Strided a(4, 5, 1);
  Strided c(4, 1, 3);
  const Strided before(4, 1, 3);
  gemm(Transpose::no, Transpose::no, a.view(), MatrixView<const float>(nullptr, 5, 0), false, {c.view().data, 4, 0, 1});
  gemm(Transpose::no, Transpose::no, MatrixView<const float>(nullptr, 0, 4), a.view(), false, {c.view().data, 0, 5, 5});
  for (Index r = 0; r < 4; ++r) EXPECT_EQ(c(r, 0), before(r, 0));
}

TEST(Gemm, RefusesShapesThatDoNotFit) {
  const Strided a(4, 5, 1), b(6, 7, 2);
  Strided c(4, 7, 3);
  try {
    gemm(Transpose::no, Transpose::yes, a.view(), b.view(), false, c.view());
    ADD_FAILURE() << "accepted";
  } catch (const InternalError& error) {
    EXPECT_STREQ(error.what(), "[gemm] 4 x 5 times 6 x 7 transposed does not give 4 x 7");
  }
}

// Compiled products are kept up to a limit; past it they are compiled anew.
TEST(Gemm, IsRightForMoreShapesThanItKeeps) {
  const Strided a(300, 3, 1), b(3, 2, 2);
  for (Index m = 1; m <= 300; ++m) {
    Strided c(m, 2, 3);
    gemm(Transpose::no, Transpose::no, a.view().row_range(0, m), b.view(), false, c.view());
    for (Index s = 0; s < 2; ++s) {
      double sum = 0.0;
      double magnitude = 0.0;
      for (Index t = 0; t < 3; ++t) {
        sum += static_cast<double>(a(m - 1, t)) * b(t, s);
        magnitude += std::abs(static_cast<double>(a(m - 1, t)) * b(t, s));
      }
      ASSERT_TRUE(close(c(m - 1, s), sum, 4.0 * kUnit * magnitude)) << m << " rows";
    }
  }
}

TEST(Gemm, WorkersMultiplyTheirOwnSlabs) {
  const Strided a(96, 40, 1), b(64, 40, 2);
  Strided whole(96, 64, 3), slabs(96, 64, 4);
  gemm(Transpose::no, Transpose::yes, a.view(), b.view(), false, whole.view());
  ThreadPool pool(3);
  pool.for_range(96, [&](Index begin, Index end, int) {
    gemm(Transpose::no, Transpose::yes, a.view().row_range(begin, end - begin), b.view(), false,
         slabs.view().row_range(begin, end - begin));
  });
  for (Index r = 0; r < 96; ++r) {
    for (Index s = 0; s < 64; ++s) {
      double magnitude = 0.0;
      for (Index t = 0; t < 40; ++t) magnitude += std::abs(static_cast<double>(a(r, t)) * b(s, t));
      ASSERT_TRUE(close(slabs(r, s), whole(r, s), 2.0 * 41.0 * kUnit * magnitude));
    }
  }
}

}  // namespace
}  // namespace monet::kernels::testing
