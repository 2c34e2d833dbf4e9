#include "monet/kernels/spmm_backward.h"
#include "monet/kernels/row_norms.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/support.h"
#include "tests/kernels/tracked.h"

#include <cstdint>
#include <vector>

namespace monet::kernels::testing::spmm_backward_test {
namespace {

constexpr Index kRows = 20;
constexpr Index kCols = 75;

struct Kind {
  bool marked;      // some rows of ȳ only, with rows of one's own
  bool normalised;  // x̂ in place of x, with a self term
  bool accumulate;
};

void expect_right(Index width, const Kind& kind) {
  const Csr edges = uneven_pattern(kRows, kCols);
  const Strided x(kRows, width, 1), y_grad(kCols, width, 2), self(kRows, width, 3), own(kRows, width, 4);
  Strided x_grad(kRows, width, 5);
  std::vector<float> weights, weights_grad(static_cast<std::size_t>(edges.nnz()), 0.5F), inverse(kRows, 1.0F);
  Rng rng(6);
  for (Index k = 0; k < edges.nnz(); ++k) weights.push_back(static_cast<float>(rng.uniform(-1.0, 1.0)));
  std::vector<std::uint8_t> y_marks(kCols, 1), own_marks(kRows, 0);
  const std::vector<float> zeros(static_cast<std::size_t>(width), 0.0F);

  SpmmBackwardOperands o;
  o.pattern = edges.view();
  o.weights = weights;
  o.x = x.view();
  o.y_grad = y_grad.view();
  o.x_grad = x_grad.view();
  o.weights_grad = weights_grad;
  o.accumulate_weights = kind.accumulate;
  o.zeros = zeros;
  if (kind.marked) {
    for (std::size_t c = 0; c < y_marks.size(); ++c) y_marks[c] = c % 3 == 0 ? 1 : 0;
    for (std::size_t r = 0; r < own_marks.size(); ++r) own_marks[r] = r % 2 == 0 ? 1 : 0;
    o.y_marks = y_marks;
    o.own = own.view();
    o.own_marks = own_marks;
  }
  if (kind.normalised) {
    inverse_norms(x.view(), inverse);
    o.x_inverse = inverse;
    o.self = self.view();
  }
  for (const auto& [begin, end] : {std::pair<Index, Index>{0, 8}, {8, kRows}}) spmm_backward_rows(o, begin, end);

  for (Index r = 0; r < kRows; ++r) {
    const auto row = static_cast<std::size_t>(r);
    const Index first = edges.indptr()[row];
    const double operations = static_cast<double>(2 * width + edges.degree(r) + 16);
    const auto y = [&](Index k, Index j) {
      const Index c = edges.indices()[static_cast<std::size_t>(k)];
      return Tracked(y_marks[static_cast<std::size_t>(c)] == 0 ? 0.0 : y_grad(c, j));
    };
    const auto unit = [&](Index j) { return Tracked(x(r, j)) * Tracked(inverse[row]); };
    for (Index k = first; k < first + edges.degree(r); ++k) {
      Tracked want(kind.accumulate ? 0.5 : 0.0);
      for (Index j = 0; j < width; ++j) want = want + unit(j) * y(k, j);
      ASSERT_TRUE(close(weights_grad[static_cast<std::size_t>(k)], want.value, operations * kUnit * want.magnitude));
    }
    std::vector<Tracked> want;
    Tracked along;
    for (Index j = 0; j < width; ++j) {
      Tracked sum(own_marks[row] == 0 ? 0.0 : own(r, j));
      if (kind.normalised) sum = sum + Tracked(self(r, j));
      for (Index k = first; k < first + edges.degree(r); ++k) {
        sum = sum + Tracked(weights[static_cast<std::size_t>(k)]) * y(k, j);
      }
      along = along + sum * unit(j);
      want.push_back(sum);
    }
    for (Index j = 0; j < width; ++j) {
      Tracked& grad = want[static_cast<std::size_t>(j)];
      if (kind.normalised) grad = (grad - along * unit(j)) * Tracked(inverse[row]);
      ASSERT_TRUE(close(x_grad(r, j), grad.value, operations * kUnit * grad.magnitude)) << width << ": " << r;
    }
  }
  ASSERT_TRUE(x_grad.margins_intact());
}

TEST(SpmmBackwardRows, MatchesFloat64) {
  monet::testing::on_every_target([] {
    for (const Index width : kWidths) {
      expect_right(width, {false, false, false});
      expect_right(width, {true, false, true});
      expect_right(width, {false, true, true});
      expect_right(width, {true, true, false});
    }
  });
}

}  // namespace
}  // namespace monet::kernels::testing::spmm_backward_test
