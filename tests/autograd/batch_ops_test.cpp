#include "monet/autograd/ops/add.h"
#include "monet/autograd/ops/add_to_rows.h"
#include "monet/autograd/ops/add_unit_rows.h"
#include "monet/autograd/ops/bi_interaction.h"
#include "monet/autograd/ops/concat_rows.h"
#include "monet/autograd/ops/constant_spmm.h"
#include "monet/autograd/ops/half_squared_norm.h"
#include "monet/autograd/ops/rows_squared_norm.h"
#include "monet/kernels/leaky_sum.h"
#include "tests/autograd/support.h"

#include <array>
#include <vector>

namespace monet::autograd::testing {
namespace {

using Ids = std::vector<std::int32_t>;

/// A random sparse matrix of fixed values.
struct Fixed {
  Fixed(Index rows, Index cols, Index entries, std::uint64_t seed) : pattern(random(rows, cols, entries, seed)) {
    const auto random_values = random_matrix(pattern.nnz(), 1, seed + 1);
    values.assign(random_values.data(), random_values.data() + pattern.nnz());
    for (const Index from : pattern.permutation) transposed.push_back(values[static_cast<std::size_t>(from)]);
  }
  static Csr random(Index rows, Index cols, Index entries, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    for (Index k = 0; k < entries; ++k) {
      pairs.emplace_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(rows))),
                         static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(cols))));
    }
    return Csr::from_pairs(rows, cols, pairs);
  }
  ConstantMatrix matrix() const { return {&pattern, values, transposed}; }

  SparsePattern pattern;
  std::vector<float> values, transposed;
};

Reference product(const Fixed& a, const Reference& x, Index first = 0) {
  Reference y(a.pattern.rows(), x.cols);
  std::size_t k = 0;
  for (Index r = 0; r < y.rows; ++r) {
    for (const std::int32_t c : a.pattern.csr.row(r)) {
      for (Index j = 0; j < x.cols; ++j) y(r, j) += static_cast<double>(a.values[k]) * x(first + c, j);
      ++k;
    }
  }
  return y;
}

Reference rows_of(const Reference& x, const Ids& rows) {
  if (rows.empty()) return x;
  Reference y(static_cast<Index>(rows.size()), x.cols);
  for (Index n = 0; n < y.rows; ++n) {
    for (Index c = 0; c < x.cols; ++c) y(n, c) = x(rows[static_cast<std::size_t>(n)], c);
  }
  return y;
}

TEST(ConstantSpmm, MatchesTheReferenceAndFiniteDifferences) {
  const Fixed a(6, 5, 12, 1);
  for (const Index width : {1, 3, 17}) {
    const auto inputs = leaves(random_matrix(5, width, 3));
    expect_operation(
        inputs, [&](Tape& t, auto v) { return constant_spmm(t, a.matrix(), v[0]); }, product(a, Reference(inputs[0])),
        5.0);
  }
  const Matrix<float> x(6, 2);
  expect_refused([&](Tape& t) { constant_spmm(t, a.matrix(), t.constant(x.view())); },
                 "[constant_spmm] x has 6 rows, the matrix is 6 x 5");
}

TEST(ConstantSpmmRows, AreRowsOfTheProductWithAPartOfTheTable) {
  const Fixed a(6, 5, 12, 1);
  const Ids rows{4, 0, 4, 5};
  for (const Index first : {0, 3}) {
    const auto inputs = leaves(random_matrix(first + 5, 7, 3));
    expect_operation(
        inputs, [&](Tape& t, auto v) { return constant_spmm_rows(t, a.matrix(), v[0], rows, first); },
        rows_of(product(a, Reference(inputs[0]), first), rows), 5.0);
  }
  const Matrix<float> x(7, 2);
  expect_refused([&](Tape& t) { constant_spmm_rows(t, a.matrix(), t.constant(x.view()), rows, 3); },
                 "[constant_spmm_rows] x has 7 rows, the matrix is 6 x 5 and begins at row 3");
  expect_refused([&](Tape& t) { constant_spmm_rows(t, a.matrix(), t.constant(x.view()), Ids{6}); },
                 "[constant_spmm_rows] row 6 of a matrix with 6 rows");
}

TEST(MeanOfLayers, MatchesTheReferenceAndFiniteDifferences) {
  const Fixed s(6, 6, 14, 5);
  const auto inputs = leaves(random_matrix(6, 5, 3));
  for (const int layers : {0, 1, 2, 3, 4}) {
    for (const Ids& rows : {Ids{}, Ids{1}, Ids{4, 0, 4, 5}}) {
      Reference sum(inputs[0]);
      Reference layer(inputs[0]);
      for (int l = 0; l < layers; ++l) {
        layer = product(s, layer);
        for (std::size_t k = 0; k < sum.data.size(); ++k) sum.data[k] += layer.data[k];
      }
      for (double& v : sum.data) v /= layers + 1;
      // Horner's partial sums are as large as the sum of magnitudes, which a mean may fall short of.
      expect_operation(
          inputs, [&](Tape& t, auto v) { return mean_of_layers(t, s.matrix(), v[0], layers, rows); },
          rows_of(sum, rows), 40.0);
      // With a gradient that is there already.
      expect_gradients(inputs, [&](Tape& t, auto v) {
        const Var mean = mean_of_layers(t, s.matrix(), v[0], layers, rows);
        return add(t, mean, mean_of_layers(t, s.matrix(), v[0], 1, rows));
      });
    }
  }
  const Matrix<float> x(6, 2);
  expect_refused([&](Tape& t) { mean_of_layers(t, s.matrix(), t.constant(x.view()), -1, {}); },
                 "[mean_of_layers] -1 layers");
}

TEST(AddUnitRows, MatchesTheReferenceAndFiniteDifferences) {
  for (const Index width : {2, 5, 33}) {
    // At the end, in the middle, and with a row too many.
    for (const Index first : {2, 1, 3}) {
      const auto inputs = leaves(random_matrix(4, width, 1), random_matrix(2, width, 2));
      Reference want(inputs[0]);
      for (Index r = 0; r < std::min<Index>(2, 4 - first); ++r) {
        double square = 0.0;
        for (Index c = 0; c < width; ++c) square += std::pow(static_cast<double>(inputs[1](r, c)), 2);
        for (Index c = 0; c < width; ++c) {
          want(first + r, c) += static_cast<double>(inputs[1](r, c)) / std::sqrt(square);
        }
      }
      expect_operation(
          inputs, [&](Tape& t, auto v) { return add_unit_rows(t, v[0], v[1], first); }, want,
          static_cast<double>(width));
    }
  }
  const Matrix<float> x(2, 3), h(3, 3), narrow(1, 2);
  expect_refused([&](Tape& t) { add_unit_rows(t, t.constant(x.view()), t.constant(h.view()), 3); },
                 "[add_unit_rows] 3 x 3 onto 2 x 3 from row 3");
  expect_refused([&](Tape& t) { add_unit_rows(t, t.constant(x.view()), t.constant(narrow.view()), 0); },
                 "[add_unit_rows] 1 x 2 onto 2 x 3 from row 0");
}

TEST(AddToRows, MatchesTheReferenceAndFiniteDifferences) {
  for (const Index width : {2, 33}) {
    // At the end, in the middle, and with a row too many.
    for (const Index first : {2, 1, 3}) {
      const auto inputs = leaves(random_matrix(4, width, 1), random_matrix(2, width, 2));
      Reference want(inputs[0]);
      for (Index r = 0; r < std::min<Index>(2, 4 - first); ++r) {
        for (Index c = 0; c < width; ++c) want(first + r, c) += static_cast<double>(inputs[1](r, c));
      }
      expect_operation(
          inputs, [&](Tape& t, auto v) { return add_to_rows(t, v[0], v[1], first); }, want, 1.0);
    }
  }
  const Matrix<float> x(2, 3), h(3, 3);
  expect_refused([&](Tape& t) { add_to_rows(t, t.constant(x.view()), t.constant(h.view()), 3); },
                 "[add_to_rows] 3 x 3 onto 2 x 3 from row 3");
}

/// Every `period`-th row, or column of a single row, negative: sums of products with what is positive stay off 0, the
/// kink of LeakyReLU.
Matrix<float> signed_matrix(Index rows, Index cols, Index period, std::uint64_t seed) {
  Matrix<float> m = positive_matrix(rows, cols, seed);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) {
      if ((rows == 1 ? c : r) % period == 0) m(r, c) = -m(r, c);
    }
  }
  return m;
}

/// Rows x and z; W_g, b_g, W_b, b_b.
std::vector<Matrix<float>> layer_inputs(Index rows, Index in, Index out) {
  return leaves(positive_matrix(rows, in, 1), positive_matrix(rows, in, 2), signed_matrix(out, in, 2, 3),
                signed_matrix(1, out, 2, 4), signed_matrix(out, in, 3, 5), signed_matrix(1, out, 3, 6));
}

template <class Vars>
BiInteraction layer_of(const Vars& v, bool adds_self, float rate) {
  return {v[2], v[3], v[4], v[5], adds_self, 0.1F, rate, 17};
}

Reference bi_interaction_reference(const std::vector<Matrix<float>>& m, bool adds_self, float rate) {
  const auto at = [&](std::size_t k, Index r, Index c) { return static_cast<double>(m[k](r, c)); };
  const auto leaky = [](double x) { return x > 0.0 ? x : static_cast<double>(0.1F) * x; };
  const auto dropout = kernels::Dropout::at(rate, 17);
  Reference y(m[0].rows(), m[2].rows());
  for (Index r = 0; r < y.rows; ++r) {
    for (Index o = 0; o < y.cols; ++o) {
      double gc = at(3, 0, o);
      double bi = at(5, 0, o);
      for (Index c = 0; c < m[0].cols(); ++c) {
        gc += (at(1, r, c) + (adds_self ? at(0, r, c) : 0.0)) * at(2, o, c);
        bi += at(0, r, c) * at(1, r, c) * at(4, o, c);
      }
      const bool kept = kernels::dropout_bits(17, r, o) >= dropout.threshold;
      y(r, o) = kept ? static_cast<double>(dropout.scale) * (leaky(gc) + leaky(bi)) : 0.0;
    }
  }
  return y;
}

TEST(BiInteraction, MatchesTheReferenceAndFiniteDifferences) {
  for (const bool adds_self : {false, true}) {
    for (const float rate : {0.0F, 0.4F}) {
      for (const auto& [in, out] : {std::pair<Index, Index>{3, 5}, {6, 4}}) {
        const auto inputs = layer_inputs(4, in, out);
        expect_operation(
            inputs, [&](Tape& t, auto v) { return bi_interaction(t, v[0], v[1], layer_of(v, adds_self, rate)); },
            bi_interaction_reference(inputs, adds_self, rate), 3.0 * static_cast<double>(in) + 4.0);
      }
    }
  }
  // One value on both sides, with a gradient that is there already.
  expect_gradients(layer_inputs(3, 4, 4), [](Tape& t, auto v) {
    return add(t, bi_interaction(t, v[0], v[0], layer_of(v, true, 0.0F)),
               bi_interaction(t, v[0], v[1], layer_of(v, false, 0.0F)));
  });
}

TEST(BiInteraction, DoesNotDependOnThreadsOrBlocks) {
  constexpr Index kManyRows = 1500;
  const auto inputs = layer_inputs(kManyRows, 9, 7);
  const auto run = [&](int threads) {
    ThreadPool pool(threads);
    Tape tape(pool);
    std::vector<Matrix<float>> values, grads;
    for (const auto& input : inputs) {
      values.push_back(Matrix<float>::copy_of(input.view()));
      grads.emplace_back(input.rows(), input.cols());
    }
    std::vector<Var> v;
    for (std::size_t k = 0; k < values.size(); ++k) v.push_back(tape.parameter(values[k].view(), grads[k].view()));
    const Var y = bi_interaction(tape, v[0], v[1], layer_of(v, true, 0.3F));
    grads.push_back(Matrix<float>::copy_of(tape.value(y)));
    tape.backward(half_squared_norm(tape, y, 1.0F));
    return grads;
  };
  const auto one = run(1);
  expect_near(one.back(), bi_interaction_reference(inputs, true, 0.3F), 40.0);
  for (const int threads : {2, 3}) {
    const auto more = run(threads);
    for (std::size_t k = 0; k < one.size(); ++k) {
      // Only sums over all rows are cut up by threads.
      expect_near(more[k], Reference(one[k]), k >= 2 && k < 6 ? static_cast<double>(kManyRows) : 0.0);
    }
  }
}

TEST(BiInteraction, DropsTheRateAskedForAndScalesTheRest) {
  const auto inputs = layer_inputs(200, 6, 50);
  ThreadPool pool(1);
  const auto run = [&](float rate) {
    return run_forward(pool, inputs,
                       [&](Tape& t, auto v) { return bi_interaction(t, v[0], v[1], layer_of(v, false, rate)); });
  };
  const auto whole = run(0.0F);
  const auto dropped = run(0.25F);
  Index zeros = 0;
  for (Index k = 0; k < whole.size(); ++k) {
    EXPECT_NE(whole.data()[k], 0.0F);
    if (dropped.data()[k] == 0.0F) {
      ++zeros;
    } else {
      EXPECT_FLOAT_EQ(dropped.data()[k], whole.data()[k] / 0.75F);
    }
  }
  // Binomial with n = 10,000: five standard deviations are 217.
  EXPECT_NEAR(static_cast<double>(zeros), 2500.0, 217.0);
}

TEST(BiInteraction, RefusesShapesThatDoNotFit) {
  const auto m = layer_inputs(4, 3, 5);
  const Matrix<float> wide(4, 6);
  const auto call = [&](Tape& t, Var x, float rate) {
    std::vector<Var> v;
    for (const auto& input : m) v.push_back(t.constant(input.view()));
    bi_interaction(t, x, x, layer_of(v, false, rate));
  };
  expect_refused([&](Tape& t) { call(t, t.constant(wide.view()), 0.0F); },
                 "[bi_interaction] x has 6 columns, the weights are 5 x 3");
  expect_refused([&](Tape& t) { call(t, t.constant(m[0].view()), 1.0F); },
                 "[bi_interaction] dropout 1 is outside [0, 1)");
}

TEST(RowsSquaredNorm, MatchesTheReferenceAndFiniteDifferences) {
  const std::vector<std::int32_t> rows{4, 0, 4, 2};
  const auto inputs = leaves(random_matrix(5, 6, 1));
  Reference want(1, 1);
  for (const std::int32_t r : rows) {
    for (Index c = 0; c < 6; ++c) want(0, 0) += 0.35 * static_cast<double>(inputs[0](r, c)) * inputs[0](r, c);
  }
  const auto build = [&](Tape& t, auto v) { return rows_squared_norm(t, v[0], rows, 0.7F); };
  expect_operation(inputs, build, want, 16.0);
  expect_gradients(inputs, [&](Tape& t, auto v) {
    const Var first = build(t, v);
    return concat_rows(t, first, build(t, v));
  });
  const Matrix<float> x(5, 6);
  expect_refused([&](Tape& t) { rows_squared_norm(t, t.constant(x), std::vector<std::int32_t>{5}, 1.0F); },
                 "[rows_squared_norm] row 5 of a matrix with 5 rows");
}

}  // namespace
}  // namespace monet::autograd::testing
