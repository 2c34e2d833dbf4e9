#include "monet/kernels/edge_attention.h"
#include "monet/kernels/row_norms.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"
#include "tests/kernels/tracked.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace monet::kernels::testing {
namespace {

constexpr Index kRows = 24;
constexpr Index kCols = 75;

std::vector<float> numbers(Index count, std::uint64_t seed, double low = -1.0, double high = 1.0) {
  Rng rng(seed);
  std::vector<float> out(static_cast<std::size_t>(count));
  for (float& v : out) v = static_cast<float>(rng.uniform(low, high));
  return out;
}

std::vector<std::uint8_t> every_second(Index count, std::uint8_t first) {
  std::vector<std::uint8_t> marks(static_cast<std::size_t>(count));
  for (std::size_t k = 0; k < marks.size(); ++k) marks[k] = (k % 2 == 0) ? first : static_cast<std::uint8_t>(1 - first);
  return marks;
}

std::vector<float> inverses(const Strided& x) {
  std::vector<float> out(static_cast<std::size_t>(x.rows()));
  inverse_norms(x.view(), out);
  return out;
}

/// Everything that the kernels read.
struct Problem {
  explicit Problem(Index width)
      : edges(uneven_pattern(kRows, kCols)),
        x(kRows, width, 1),
        z(kCols, width, 2),
        y_grad(kRows, width, 3),
        v_grad(kCols, width, 4),
        x_inverse(inverses(x)),
        z_inverse(inverses(z)),
        a(numbers(edges.nnz(), 5, 0.0)),
        b(numbers(edges.nnz(), 6, 0.0)),
        a_grad(numbers(edges.nnz(), 7)),
        b_grad(numbers(edges.nnz(), 8)),
        mean(numbers(kRows, 9)),
        other_mean(numbers(kCols, 10)),
        zeros(static_cast<std::size_t>(width), 0.0F) {
    // What is not marked must not be read.
    spoil(y_grad, y_marks);
    spoil(v_grad, v_marks);
  }

  static void spoil(Strided& rows, const std::vector<std::uint8_t>& marks) {
    for (Index r = 0; r < rows.rows(); ++r) {
      if (marks[static_cast<std::size_t>(r)] != 0) continue;
      for (float& v : rows.view().row_span(r)) v = std::numeric_limits<float>::quiet_NaN();
    }
  }

  Csr edges;
  Strided x, z, y_grad, v_grad;
  std::vector<float> x_inverse, z_inverse, a, b, a_grad, b_grad, mean, other_mean, zeros;
  std::vector<std::uint8_t> y_marks = every_second(kRows, 1);
  std::vector<std::uint8_t> v_marks = every_second(kCols, 0);

  Tracked unit_x(Index r, Index c) const { return Tracked(x(r, c)) * Tracked(x_inverse[static_cast<std::size_t>(r)]); }
  Tracked unit_z(Index r, Index c) const { return Tracked(z(r, c)) * Tracked(z_inverse[static_cast<std::size_t>(r)]); }
  Tracked own_grad(Index r, Index c) const { return y_marks[static_cast<std::size_t>(r)] == 0 ? 0.0 : y_grad(r, c); }
  Tracked other_grad(Index r, Index c) const { return v_marks[static_cast<std::size_t>(r)] == 0 ? 0.0 : v_grad(r, c); }

  AttendBackwardOperands operands(std::span<float> cosines_grad, MatrixView<float> x_grad) const {
    return {edges.view(), x.view(), z.view(), x_inverse, z_inverse,  y_grad.view(), v_grad.view(), y_marks, v_marks, a,
            a_grad,       b,        b_grad,   mean,      other_mean, cosines_grad,  zeros,         x_grad};
  }
};

// Calls body(entry, column) for the entries of a row.
template <class Body>
void for_entries(const Csr& edges, Index r, Body&& body) {
  for (Index k = edges.indptr()[static_cast<std::size_t>(r)]; k < edges.indptr()[static_cast<std::size_t>(r) + 1];
       ++k) {
    body(static_cast<std::size_t>(k), Index{edges.indices()[static_cast<std::size_t>(k)]});
  }
}

::testing::AssertionResult near(float got, const Tracked& want, Index operations) {
  return close(got, want.value, static_cast<double>(operations) * kUnit * want.magnitude);
}

TEST(AttendRows, MatchesFloat64InTheRowsOfItsRange) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Problem p(width);
      Strided y(kRows, width, 11);
      const Strided before(kRows, width, 11);
      std::vector<float> e(static_cast<std::size_t>(p.edges.nnz()), 0.5F), shares(e);
      const AttendOperands o{p.edges.view(), p.x.view(), p.z.view(), p.x_inverse, p.z_inverse, e,
                             shares,         p.y_marks,  y.view()};
      for (const auto& [begin, end] : {std::pair<Index, Index>{0, 7}, {7, 7}, {7, kRows - 1}})
        attend_rows(o, begin, end);
      for (Index r = 0; r + 1 < kRows; ++r) {
        std::vector<Tracked> want;
        Tracked total;
        for_entries(p.edges, r, [&](std::size_t k, Index c) {
          Tracked cosine;
          for (Index j = 0; j < width; ++j) cosine = cosine + p.unit_x(r, j) * p.unit_z(c, j);
          want.push_back(exp(cosine));
          total = total + want.back();
          ASSERT_TRUE(near(e[k], want.back(), width + 8)) << width << ": " << r << ", " << c;
        });
        const Index operations = width + static_cast<Index>(want.size()) + 16;
        for (Tracked& share : want) share = share * inverse(total);
        std::size_t n = 0;
        for_entries(p.edges, r, [&](std::size_t k, Index) { ASSERT_TRUE(near(shares[k], want[n++], operations)); });
        for (Index j = 0; j < width; ++j) {
          Tracked sum = p.unit_x(r, j);
          n = 0;
          for_entries(p.edges, r, [&](std::size_t, Index c) { sum = sum + want[n++] * p.unit_z(c, j); });
          if (p.y_marks[static_cast<std::size_t>(r)] == 0) {
            ASSERT_TRUE(same_bits(y(r, j), before(r, j))) << "row " << r << " is not wanted";
          } else {
            ASSERT_TRUE(near(y(r, j), sum, 2 * operations)) << width << ": " << r << ", " << j;
          }
        }
      }
      for_entries(p.edges, kRows - 1, [&](std::size_t k, Index) { ASSERT_TRUE(same_bits(e[k], 0.5F)); });
      ASSERT_TRUE(y.margins_intact());
    }
  });
}

// x̄ of row r from the gradient of x̂_r.
std::vector<Tracked> through_norm(const Problem& p, Index r, const std::vector<Tracked>& unit_grad) {
  Tracked along;
  for (Index j = 0; j < p.x.cols(); ++j) along = along + unit_grad[static_cast<std::size_t>(j)] * p.unit_x(r, j);
  std::vector<Tracked> out;
  for (Index j = 0; j < p.x.cols(); ++j) {
    out.push_back((unit_grad[static_cast<std::size_t>(j)] - along * p.unit_x(r, j)) *
                  Tracked(p.x_inverse[static_cast<std::size_t>(r)]));
  }
  return out;
}

void expect_x_grad(const Problem& p, Index r, const std::vector<Tracked>& cosines_grad, const Strided& got,
                   Index operations) {
  std::vector<Tracked> unit;
  for (Index j = 0; j < p.x.cols(); ++j) {
    Tracked sum = p.own_grad(r, j);
    for_entries(p.edges, r, [&](std::size_t k, Index c) {
      sum = sum + Tracked(p.b[k]) * p.other_grad(c, j) + cosines_grad[k] * p.unit_z(c, j);
    });
    unit.push_back(sum);
  }
  const auto want = through_norm(p, r, unit);
  for (Index j = 0; j < p.x.cols(); ++j) {
    ASSERT_TRUE(near(got(r, j), want[static_cast<std::size_t>(j)], operations)) << p.x.cols() << ": " << r << ", " << j;
  }
}

TEST(AttendBackwardRows, MatchesFloat64InTheRowsOfItsRange) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Problem p(width);
      Strided x_grad(kRows, width, 12);
      std::vector<float> cosines_grad(static_cast<std::size_t>(p.edges.nnz()), 0.5F);
      const auto o = p.operands(cosines_grad, x_grad.view());
      for (const auto& [begin, end] : {std::pair<Index, Index>{0, 9}, {9, kRows - 1}})
        attend_backward_rows(o, begin, end);
      std::vector<Tracked> want(cosines_grad.size());
      for (Index r = 0; r + 1 < kRows; ++r) {
        for_entries(p.edges, r, [&](std::size_t k, Index c) {
          Tracked own = p.a_grad[k] - Tracked(p.mean[static_cast<std::size_t>(r)]);
          Tracked other = p.b_grad[k] - Tracked(p.other_mean[static_cast<std::size_t>(c)]);
          for (Index j = 0; j < width; ++j) {
            own = own + p.own_grad(r, j) * p.unit_z(c, j);
            other = other + p.unit_x(r, j) * p.other_grad(c, j);
          }
          want[k] = Tracked(p.a[k]) * own + Tracked(p.b[k]) * other;
          ASSERT_TRUE(near(cosines_grad[k], want[k], width + 8)) << width << ": " << r << ", " << c;
        });
        expect_x_grad(p, r, want, x_grad, 2 * width + 2 * p.edges.degree(r) + 16);
      }
      for_entries(p.edges, kRows - 1, [&](std::size_t k, Index) { ASSERT_TRUE(same_bits(cosines_grad[k], 0.5F)); });
      ASSERT_TRUE(x_grad.margins_intact());
    }
  });
}

TEST(AttendSpreadRows, MatchesFloat64AndReadsOnlyWhatItSays) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      const Problem p(width);
      Strided x_grad(kRows, width, 13);
      auto cosines_grad = numbers(p.edges.nnz(), 14);
      auto o = p.operands(cosines_grad, x_grad.view());
      o.a = o.a_grad = o.b_grad = o.mean = o.other_mean = {};
      attend_spread_rows(o, 0, kRows);
      const std::vector<Tracked> given(cosines_grad.begin(), cosines_grad.end());
      for (Index r = 0; r < kRows; ++r) expect_x_grad(p, r, given, x_grad, width + 2 * p.edges.degree(r) + 16);
    }
  });
}

TEST(AttendBackwardRows, ARowAtTheFloorIsOnlyScaled) {
  const Csr none(1, 1);
  Strided x(1, 3, 1), z(1, 3, 2), y_grad(1, 3, 3), x_grad(1, 3, 4);
  for (float& v : x.view().row_span(0)) v = 0.0F;
  const std::vector<float> x_inverse = inverses(x), z_inverse = inverses(z), zeros(3, 0.0F), mean{0.0F};
  const std::vector<std::uint8_t> marked{1};
  AttendBackwardOperands o{none.view(), x.view(), z.view(), x_inverse, z_inverse, y_grad.view(),
                           z.view(),    marked,   marked,   {},        {},        {},
                           {},          mean,     mean,     {},        zeros,     x_grad.view()};
  attend_backward_rows(o, 0, 1);
  for (Index j = 0; j < 3; ++j) EXPECT_TRUE(same_bits(x_grad(0, j), y_grad(0, j) * x_inverse[0]));
}

TEST(InverseNorms, MatchFloat64) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      Strided x(5, width, 1);
      for (float& v : x.view().row_span(3)) v = 0.0F;
      const auto got = inverses(x);
      for (Index r = 0; r < 5; ++r) {
        double squares = 0.0;
        for (Index j = 0; j < width; ++j) squares += static_cast<double>(x(r, j)) * static_cast<double>(x(r, j));
        const double want = 1.0 / std::max(std::sqrt(squares), 1e-12);
        ASSERT_TRUE(close(got[static_cast<std::size_t>(r)], want, static_cast<double>(width + 4) * kUnit * want));
      }
    }
  });
}

}  // namespace
}  // namespace monet::kernels::testing
