// Gates, softmaxes and the contrast of a batch.
#include "monet/autograd/ops/attended_sum.h"
#include "monet/autograd/ops/contrast.h"
#include "monet/autograd/ops/gated_sum.h"
#include "monet/autograd/ops/softmax_scaled.h"
#include "monet/autograd/ops/tanh.h"
#include "tests/autograd/support.h"

#include <algorithm>
#include <array>
#include <vector>

namespace monet::autograd::testing {
namespace {

double logistic(double z) {
  return 1.0 / (1.0 + std::exp(-z));
}

TEST(Tanh, MatchesTheReferenceAndFiniteDifferences) {
  for (const Index width : {1, 5, 33}) {
    const auto inputs = leaves(random_matrix(3, width, 1));
    Reference want(inputs[0]);
    for (double& v : want.data) v = std::tanh(v);
    expect_operation(
        inputs, [](Tape& t, auto v) { return tanh(t, v[0]); }, want, 4.0);
  }
}

TEST(GatedSum, MatchesTheReferenceAndFiniteDifferences) {
  static Matrix<float> mask;
  for (const Index width : {2, 5, 33}) {
    for (const bool based : {false, true}) {
      for (const bool masked : {false, true}) {
        const auto inputs = leaves(random_matrix(4, width, 1), random_matrix(4, width, 2), random_matrix(4, width, 3),
                                   random_matrix(4, width, 4), random_matrix(4, width, 5));
        mask = Matrix<float>(4, width);
        for (Index k = 0; k < mask.size(); ++k) mask.data()[k] = k % 3 == 0 ? 0.0F : 1.25F;
        const Reference x(inputs[0]), z(inputs[1]), other(inputs[2]), logits(inputs[3]), base(inputs[4]), mu(mask);
        Reference want(4, width);
        for (std::size_t k = 0; k < want.data.size(); ++k) {
          const double b = based ? base.data[k] : 0.0;
          const double open = logistic(z.data[k]) * (masked ? mu.data[k] : 1.0);
          want.data[k] = 0.5 * (b + open * (x.data[k] - b) + logistic(logits.data[k]) * (other.data[k] - b));
        }
        expect_operation(
            inputs,
            [=](Tape& t, auto v) {
              const std::array terms{GatedTerm{v[0], v[1], masked ? mask.view() : MatrixView<const float>{}},
                                     GatedTerm{v[2], v[3], {}}};
              // A base that counts for nothing else is not without effect: the gradient checker wants one.
              return based ? gated_sum(t, terms, v[4], 0.5F)
                           : gated_sum(t, std::array{terms[0], terms[1], GatedTerm{v[4], v[4 - 1], {}}}, Var{}, 0.5F);
            },
            based ? want : [&] {
              for (std::size_t k = 0; k < want.data.size(); ++k) {
                want.data[k] += 0.5 * logistic(logits.data[k]) * base.data[k];
              }
              return want;
            }(),
            12.0);
      }
    }
  }
}

TEST(GatedSum, RefusesWhatDoesNotFit) {
  const Matrix<float> x(2, 3), z(2, 3), narrow(2, 2);
  expect_refused([&](Tape& t) { gated_sum(t, {}, Var{}, 1.0F); }, "[gated_sum] no terms");
  expect_refused(
      [&](Tape& t) {
        gated_sum(t, std::array{GatedTerm{t.constant(x.view()), t.constant(z.view()), narrow.view()}}, Var{}, 1.0F);
      },
      "[gated_sum] a mask of 2 x 2 for values of 2 x 3");
}

TEST(AttendedSum, MatchesTheReferenceAndFiniteDifferences) {
  for (const Index width : {1, 5, 33}) {
    const auto inputs = leaves(random_matrix(4, width, 1), random_matrix(4, width, 2), random_matrix(4, width, 3),
                               random_matrix(4, 1, 4), random_matrix(4, 1, 5), random_matrix(4, 1, 6));
    Reference want(4, width);
    for (Index r = 0; r < 4; ++r) {
      double sum = 0.0;
      for (std::size_t m = 0; m < 3; ++m) sum += std::exp(static_cast<double>(inputs[3 + m](r, 0)));
      for (std::size_t m = 0; m < 3; ++m) {
        const double share = std::exp(static_cast<double>(inputs[3 + m](r, 0))) / sum;
        for (Index c = 0; c < width; ++c) want(r, c) += share * static_cast<double>(inputs[m](r, c));
      }
    }
    expect_operation(
        inputs,
        [](Tape& t, auto v) {
          return attended_sum(t, std::array{v[0], v[1], v[2]}, std::array{v[3], v[4], v[5]});
        },
        want, 16.0);
  }
  const Matrix<float> x(2, 3);
  expect_refused([&](Tape& t) { attended_sum(t, std::array{t.constant(x.view())}, {}); },
                 "[attended_sum] 1 terms with 0 logits");
}

TEST(SoftmaxScaled, MatchesTheReferenceAndFiniteDifferences) {
  for (const Index width : {1, 5, 33}) {
    const auto inputs = leaves(random_matrix(4, width, 1), random_matrix(4, width, 2));
    const Reference z(inputs[0]), x(inputs[1]);
    Reference want(4, width);
    for (Index r = 0; r < 4; ++r) {
      double sum = 0.0;
      for (Index c = 0; c < width; ++c) sum += std::exp(z(r, c));
      for (Index c = 0; c < width; ++c) want(r, c) = std::exp(z(r, c)) / sum * x(r, c);
    }
    const Build build = [](Tape& t, auto v) { return softmax_scaled(t, v[0], v[1]); };
    ThreadPool pool(1);
    expect_near(run_forward(pool, inputs, build), want, static_cast<double>(width) + 8.0);
    if (width > 1) expect_gradients(inputs, build);
  }
}

/// By all rows of the batch, repeated as often as they occur.
double contrast_of(const Reference& a, const Reference& c, const std::vector<float>& counts, double temperature) {
  std::vector<Index> batch;
  for (std::size_t r = 0; r < counts.size(); ++r)
    batch.insert(batch.end(), static_cast<std::size_t>(counts[r]), static_cast<Index>(r));
  const auto cosine = [&](Index r, Index k) {
    double ac = 0.0, aa = 0.0, cc = 0.0;
    for (Index j = 0; j < a.cols; ++j) ac += a(r, j) * c(k, j), aa += a(r, j) * a(r, j), cc += c(k, j) * c(k, j);
    return ac / std::sqrt(aa * cc);
  };
  double sum = 0.0;
  for (const Index r : batch) {
    double others = 0.0;
    for (const Index k : batch) others += std::exp(cosine(r, k) / temperature);
    sum += std::log(others) - cosine(r, r) / temperature;
  }
  return sum / static_cast<double>(batch.size());
}

TEST(Contrast, MatchesTheReferenceAndFiniteDifferences) {
  for (const Index n : {1, 5, 19}) {
    for (const Index width : {3, 16}) {
      std::vector<float> counts;
      for (Index r = 0; r < n; ++r) counts.push_back(static_cast<float>(1 + r % 3));
      const auto inputs = leaves(random_matrix(n, width, 1), random_matrix(n, width, 2));
      Reference want(1, 1);
      want(0, 0) = contrast_of(Reference(inputs[0]), Reference(inputs[1]), counts, 0.2);
      const auto build = [&](Tape& t, auto v) { return contrast(t, v[0], v[1], counts, 0.2F); };
      ThreadPool pool(1);
      // Exponents of up to 5 carry the roundings of a cosine.
      const double allowed = 5.0 * static_cast<double>(width + 10) * 1.2e-7 * std::max(1.0, want(0, 0));
      EXPECT_NEAR(static_cast<double>(run_forward(pool, inputs, build)(0, 0)), want(0, 0), allowed) << n;
      if (counts.size() > 1) expect_gradients(inputs, build);
    }
  }
}

/// More rows than a tile has: the value and a derivative along a direction, in float64.
TEST(Contrast, GoesOverTiles) {
  constexpr Index kRows = 600;
  const std::vector<float> counts(kRows, 1.0F);
  Matrix<float> a = random_matrix(kRows, 8, 1), c = random_matrix(kRows, 8, 2);
  Matrix<float> a_grad(kRows, 8), c_grad(kRows, 8);
  ThreadPool pool(2);
  Tape tape(pool);
  const Var y =
      contrast(tape, tape.parameter(a.view(), a_grad.view()), tape.parameter(c.view(), c_grad.view()), counts, 0.2F);
  EXPECT_NEAR(static_cast<double>(tape.scalar(y)), contrast_of(Reference(a), Reference(c), counts, 0.2), 1e-4);
  tape.backward(y);
  Reference above_a(a), below_a(a), above_c(c), below_c(c);
  const Matrix<float> way_a = random_matrix(kRows, 8, 3), way_c = random_matrix(kRows, 8, 4);
  double promised = 0.0;
  constexpr double kStep = 1e-5;
  for (std::size_t k = 0; k < above_a.data.size(); ++k) {
    const double by_a = static_cast<double>(way_a.data()[k]), by_c = static_cast<double>(way_c.data()[k]);
    promised += by_a * static_cast<double>(a_grad.data()[k]) + by_c * static_cast<double>(c_grad.data()[k]);
    above_a.data[k] += kStep * by_a, below_a.data[k] -= kStep * by_a;
    above_c.data[k] += kStep * by_c, below_c.data[k] -= kStep * by_c;
  }
  const double slope =
      (contrast_of(above_a, above_c, counts, 0.2) - contrast_of(below_a, below_c, counts, 0.2)) / (2.0 * kStep);
  EXPECT_NEAR(promised, slope, 1e-4 * std::abs(slope) + 1e-6);
  EXPECT_GT(std::abs(slope), 1e-4);
}

TEST(Contrast, RefusesWhatDoesNotFit) {
  const Matrix<float> x(2, 3);
  const std::vector<float> one(1, 1.0F), two(2, 1.0F);
  expect_refused([&](Tape& t) { contrast(t, t.constant(x.view()), t.constant(x.view()), one, 0.2F); },
                 "[contrast] 2 rows with 1 counts");
  expect_refused([&](Tape& t) { contrast(t, t.constant(x.view()), t.constant(x.view()), two, 0.01F); },
                 "[contrast] a temperature of 0.01, expected 0.05 or more");
}

}  // namespace
}  // namespace monet::autograd::testing
