#include "monet/kernels/spmm.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"

#include <gmock/gmock.h>

#include <numeric>
#include <vector>

namespace monet::kernels::testing::spmm_test {
namespace {

using Floats = std::vector<float>;
using Ids = std::vector<std::int32_t>;

/// Rows of no, one and many entries.
Csr pattern(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index r = 0; r < rows; ++r) {
    const Index degree = r % 4 == 1 ? 0 : r % 4 == 2 ? 1 : static_cast<Index>(rng.below(40));
    for (Index k = 0; k < degree; ++k) {
      pairs.emplace_back(static_cast<std::int32_t>(r),
                         static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(cols))));
    }
  }
  return Csr::from_pairs(rows, cols, pairs);
}

enum class Self { none, scale, scales, in_place };

/// Everything a pass needs, in awkward memory.
struct Problem {
  Problem(Index rows, Index cols, Index width, Self kind)
      : a(pattern(rows, cols, 1)), x(cols, width, 2), self(rows, width, 3), y(rows, width, 3), kind_(kind) {
    Rng rng(4);
    for (Index k = 0; k < a.nnz(); ++k) weights.push_back(static_cast<float>(rng.uniform(-1.0, 1.0)));
    for (Index r = 0; r < rows; ++r) scales.push_back(static_cast<float>(rng.uniform(-2.0, 2.0)));
  }

  SpmmOperands operands(Strided& target) {
    SpmmOperands o{a.view(), weights, 0.75F, x.view(), {}, 0.0F, {}, target.view()};
    if (kind_ == Self::none) return o;
    o.self = kind_ == Self::in_place ? target.view() : self.view();
    o.self_scale = -1.25F;
    if (kind_ == Self::scales) o.self_scales = scales;
    return o;
  }

  /// The result by plain float64 arithmetic, and the sum of the magnitudes of each entry's terms.
  void reference(Strided& want, Strided& magnitude) {
    SpmmOperands o = operands(want);
    o.self = kind_ == Self::none ? MatrixView<const float>{} : self.view();
    spmm_reference(o);
    Problem positive(a.rows(), a.cols(), x.cols(), kind_);
    const Strided all_x = absolute(x), all_self = absolute(self);
    for (auto* values : {&positive.weights, &positive.scales}) {
      for (float& v : *values) v = std::abs(v);
    }
    SpmmOperands p = positive.operands(magnitude);
    p.x = all_x.view();
    if (kind_ != Self::none) p.self = all_self.view();
    p.self_scale = std::abs(p.self_scale);
    spmm_reference(p);
  }

  Csr a;
  Floats weights, scales;
  Strided x, self, y;
  Self kind_;
};

/// Products of two floats (weight and scale) count a rounding more each.
double tolerance(const Csr& a, Index r, double magnitude) {
  return static_cast<double>(a.degree(r) + 5) * kUnit * magnitude;
}

void expect_rows(Problem& problem, const std::vector<bool>& computed) {
  Strided want(problem.a.rows(), problem.x.cols(), 0), magnitude(problem.a.rows(), problem.x.cols(), 0);
  problem.reference(want, magnitude);
  EXPECT_TRUE(problem.y.margins_intact());
  for (Index r = 0; r < problem.a.rows(); ++r) {
    for (Index c = 0; c < problem.x.cols(); ++c) {
      if (computed[static_cast<std::size_t>(r)]) {
        ASSERT_TRUE(close(problem.y(r, c), want(r, c), tolerance(problem.a, r, magnitude(r, c)))) << r << ", " << c;
      } else {
        ASSERT_TRUE(same_bits(problem.y(r, c), problem.self(r, c))) << "row " << r << " was not asked for";
      }
    }
  }
}

constexpr std::array kSelves{Self::none, Self::scale, Self::scales, Self::in_place};

TEST(SpmmReference, AgreesWithAProductWorkedByHand) {
  // [0 2; 0 0; 3 4] x, halved, plus ten times the self term.
  const Csr a = Csr::from_pairs(3, 2, std::vector<std::pair<std::int32_t, std::int32_t>>{{0, 1}, {2, 0}, {2, 1}});
  const Floats weights{2, 3, 4}, x{1, 5, 2, -1}, self{1, 0, 0, 1, 1, 1};
  Floats y(6, -99.0F);
  SpmmOperands o{a.view(), weights, 0.5F, {x.data(), 2, 2}, {self.data(), 3, 2}, 10.0F, {}, {y.data(), 3, 2}};
  spmm_reference(o);
  EXPECT_THAT(y, ::testing::ElementsAre(12, -1, 0, 10, 15.5, 15.5));
  const Floats scales{0, 1, 2};
  o.self_scales = scales;
  spmm_reference(o);
  EXPECT_THAT(y, ::testing::ElementsAre(2, -1, 0, 1, 7.5, 7.5));
  o.self = {};
  spmm_reference(o);
  EXPECT_THAT(y, ::testing::ElementsAre(2, -1, 0, 0, 5.5, 5.5));
}

TEST(SpmmRows, MatchesFloat64) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      for (const Self kind : kSelves) {
        Problem whole(23, 19, width, kind);
        spmm_rows(whole.operands(whole.y), 0, 23);
        expect_rows(whole, std::vector<bool>(23, true));
      }
    }
  });
}

TEST(SpmmRows, WritesTheRowsOfItsRangeOnly) {
  monet::testing::on_every_target([] {
    for (const Self kind : kSelves) {
      Problem part(23, 19, 129, kind);
      spmm_rows(part.operands(part.y), 5, 14);
      spmm_rows(part.operands(part.y), 20, 20);
      std::vector<bool> computed(23, false);
      std::fill(computed.begin() + 5, computed.begin() + 14, true);
      expect_rows(part, computed);
    }
  });
}

TEST(SpmmRows, GivesMarkedRowsAloneTheSelfTerm) {
  monet::testing::on_every_target([] {
    std::vector<std::uint8_t> marks(23, 0);
    for (const std::size_t r : {0U, 1U, 7U, 22U}) marks[r] = 1;
    for (const Index width : kWidths) {
      Problem with(23, 19, width, Self::scale), without(23, 19, width, Self::none), some(23, 19, width, Self::scale);
      spmm_rows(with.operands(with.y), 0, 23);
      spmm_rows(without.operands(without.y), 0, 23);
      SpmmOperands operands = some.operands(some.y);
      operands.with_self = marks;
      spmm_rows(operands, 0, 23);
      Strided reference(23, width, 6);
      operands.y = reference.view();
      spmm_reference(operands);
      for (Index r = 0; r < 23; ++r) {
        const Strided& want = marks[static_cast<std::size_t>(r)] != 0 ? with.y : without.y;
        for (Index c = 0; c < width; ++c) {
          ASSERT_TRUE(same_bits(some.y(r, c), want(r, c)));
          ASSERT_TRUE(close(some.y(r, c), reference(r, c), 45 * kUnit * 40.0));
        }
      }
    }
  });
}

TEST(SpmmRows, OneRowAndNoEntriesAtAll) {
  monet::testing::on_every_target([] {
    for (const Index width : {1, 16, 128, 200}) {
      Problem one(1, 50, width, Self::scale);
      spmm_rows(one.operands(one.y), 0, 1);
      expect_rows(one, {true});

      const Csr none(4, 6);
      const Strided x(6, width, 2), self(4, width, 3);
      Strided y(4, width, 4);
      SpmmOperands o{none.view(), {}, 1.0F, x.view(), self.view(), 2.0F, {}, y.view()};
      spmm_rows(o, 0, 4);
      for (Index r = 0; r < 4; ++r) {
        for (Index c = 0; c < width; ++c) EXPECT_EQ(y(r, c), 2.0F * self(r, c));
      }
      o.self = {};
      spmm_rows(o, 0, 4);
      for (Index r = 0; r < 4; ++r) {
        for (Index c = 0; c < width; ++c) EXPECT_EQ(y(r, c), 0.0F);
      }
      EXPECT_TRUE(y.margins_intact());
    }
  });
}

TEST(SpmmListedRows, GivesTheBitsOfTheWholePassOnItsRows) {
  monet::testing::on_every_target([] {
    const Ids rows{22, 0, 1, 7, 13};
    for (const Index width : kWidths) {
      for (const Self kind : kSelves) {
        Problem whole(23, 19, width, kind), listed(23, 19, width, kind);
        spmm_rows(whole.operands(whole.y), 0, 23);
        spmm_listed_rows(listed.operands(listed.y), rows);
        spmm_listed_rows(listed.operands(listed.y), {});
        std::vector<bool> computed(23, false);
        for (const std::int32_t r : rows) computed[static_cast<std::size_t>(r)] = true;
        expect_rows(listed, computed);
        for (const std::int32_t r : rows) {
          for (Index c = 0; c < width; ++c) ASSERT_TRUE(same_bits(listed.y(r, c), whole.y(r, c)));
        }
      }
    }
  });
}

TEST(SpmmPackedRows, AreTheListedRowsSideBySide) {
  monet::testing::on_every_target([] {
    const Ids rows{22, 0, 1, 7, 7};
    for (const Index width : kWidths) {
      for (const Self kind : {Self::none, Self::scale, Self::scales}) {
        Problem whole(23, 19, width, kind);
        Strided packed(static_cast<Index>(rows.size()), width, 5);
        spmm_rows(whole.operands(whole.y), 0, 23);
        spmm_packed_rows(whole.operands(packed), rows);
        EXPECT_TRUE(packed.margins_intact());
        for (Index n = 0; n < packed.rows(); ++n) {
          for (Index c = 0; c < width; ++c) {
            ASSERT_TRUE(same_bits(packed(n, c), whole.y(rows[static_cast<std::size_t>(n)], c)));
          }
        }
      }
    }
  });
}

TEST(SpmmScatterPacked, GivesTheBitsOfTheScatterOfTheRowsInTheirPlaces) {
  monet::testing::on_every_target([] {
    const Ids rows{22, 0, 1, 7, 2};
    const Csr a = pattern(23, 19, 1);
    const Floats weights(static_cast<std::size_t>(a.nnz()), 0.3F);
    for (const Index width : kWidths) {
      const Strided x(23, width, 2);
      Strided packed(static_cast<Index>(rows.size()), width, 5), want(19, width, 3), got(19, width, 3);
      for (std::size_t n = 0; n < rows.size(); ++n) {
        std::copy_n(x.view().row(rows[n]), width, packed.view().row(static_cast<Index>(n)));
      }
      spmm_scatter({a.view(), weights, 0.75F, x.view(), {}, 0.0F, {}, want.view()}, rows, width / 3, width);
      spmm_scatter_packed({a.view(), weights, 0.75F, packed.view(), {}, 0.0F, {}, got.view()}, rows, width / 3, width);
      EXPECT_TRUE(got.margins_intact());
      for (Index r = 0; r < 19; ++r) {
        for (Index c = 0; c < width; ++c) ASSERT_TRUE(same_bits(got(r, c), want(r, c)));
      }
    }
  });
}

TEST(SpmmScatter, IsTheTransposedProductOfTheListedRows) {
  monet::testing::on_every_target([] {
    const Ids rows{22, 0, 1, 7, 2};
    const Csr a = pattern(23, 19, 1);
    Rng rng(4);
    Floats weights;
    for (Index k = 0; k < a.nnz(); ++k) weights.push_back(static_cast<float>(rng.uniform(-1.0, 1.0)));
    for (const Index width : kWidths) {
      for (const auto& [begin, end] : {std::pair{Index{0}, width}, {width / 3, width - width / 4}, {width, width}}) {
        const Strided x(23, width, 2), before(19, width, 3);
        Strided y(19, width, 3);
        spmm_scatter({a.view(), weights, 0.75F, x.view(), {}, 0.0F, {}, y.view()}, rows, begin, end);
        EXPECT_TRUE(y.margins_intact());
        for (Index target = 0; target < 19; ++target) {
          for (Index c = 0; c < width; ++c) {
            if (c < begin || c >= end) {
              ASSERT_TRUE(same_bits(y(target, c), before(target, c)));
              continue;
            }
            double sum = before(target, c);
            double magnitude = std::abs(sum);
            int terms = 1;
            for (const std::int32_t r : rows) {
              for (Index n = 0; n < a.degree(r); ++n) {
                const auto k = static_cast<std::size_t>(a.indptr()[static_cast<std::size_t>(r)] + n);
                if (a.indices()[k] != target) continue;
                const double term = 0.75 * weights[k] * x(r, c);
                sum += term;
                magnitude += std::abs(term);
                ++terms;
              }
            }
            ASSERT_TRUE(close(y(target, c), sum, (terms + 3) * kUnit * magnitude)) << target << ", " << c;
          }
        }
      }
    }
  });
}

// A row alone decides its result, so workers may split rows or columns anywhere.
TEST(SpmmScatter, GivesTheSameBitsForAnySplitOfTheColumns) {
  monet::testing::on_every_target([] {
    const Csr a = pattern(23, 19, 1);
    const Floats weights(static_cast<std::size_t>(a.nnz()), 0.3F);
    Ids rows(23);
    std::iota(rows.begin(), rows.end(), 0);
    const Strided x(23, 128, 2);
    Strided whole(19, 128, 3), split(19, 128, 3);
    spmm_scatter({a.view(), weights, 1.0F, x.view(), {}, 0.0F, {}, whole.view()}, rows, 0, 128);
    for (const auto& [begin, end] : {std::pair<Index, Index>{0, 48}, {48, 96}, {96, 128}}) {
      spmm_scatter({a.view(), weights, 1.0F, x.view(), {}, 0.0F, {}, split.view()}, rows, begin, end);
    }
    for (Index r = 0; r < 19; ++r) {
      for (Index c = 0; c < 128; ++c) ASSERT_TRUE(same_bits(whole(r, c), split(r, c)));
    }
  });
}

TEST(BalancedRanges, CoverTheRowsInOrderWithAboutEqualWork) {
  for (const Index rows : {0, 1, 2, 5, 400}) {
    const Csr a = pattern(rows, 60, 7);
    Index largest = 0;
    for (Index r = 0; r < rows; ++r) largest = std::max(largest, a.degree(r) + 2);
    for (const int parts : {1, 2, 3, 8}) {
      const auto bounds = balanced_ranges(a, parts);
      ASSERT_EQ(bounds.size(), static_cast<std::size_t>(parts) + 1);
      EXPECT_EQ(bounds.front(), 0);
      EXPECT_EQ(bounds.back(), rows);
      const double fair = static_cast<double>(a.nnz() + 2 * rows) / parts;
      for (std::size_t p = 0; p + 1 < bounds.size(); ++p) {
        ASSERT_LE(bounds[p], bounds[p + 1]);
        Index work = 0;
        for (Index r = bounds[p]; r < bounds[p + 1]; ++r) work += a.degree(r) + 2;
        EXPECT_LE(static_cast<double>(work), fair + static_cast<double>(largest) + 1.0);
      }
    }
  }
}

}  // namespace
}  // namespace monet::kernels::testing::spmm_test
