#include "monet/autograd/ops/spectrum.h"

#include "tests/autograd/support.h"

#include <complex>
#include <numbers>
#include <vector>

namespace monet::autograd::testing {
namespace {

using Complex = std::complex<double>;

std::vector<Complex> half_spectrum(const std::vector<double>& x) {
  const auto d = static_cast<double>(x.size());
  std::vector<Complex> out;
  for (std::size_t k = 0; k <= x.size() / 2; ++k) {
    Complex sum = 0.0;
    for (std::size_t n = 0; n < x.size(); ++n) {
      sum += x[n] * std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(k * n) / d);
    }
    out.push_back(sum / std::sqrt(d));
  }
  return out;
}

std::vector<double> row_of(const Matrix<float>& m, Index r) {
  std::vector<double> out;
  for (Index c = 0; c < m.cols(); ++c) out.push_back(static_cast<double>(m(r, c)));
  return out;
}

TEST(Spectrum, MatchesTheReferenceBothWaysAndFiniteDifferences) {
  for (const Index d : {1, 2, 7, 16}) {
    static FourierMatrices matrices(1);
    matrices = FourierMatrices(d);
    const Index half = d / 2 + 1;
    const auto inputs = leaves(random_matrix(3, d, 1));
    Reference want(3, 2 * half);
    for (Index r = 0; r < 3; ++r) {
      const auto f = half_spectrum(row_of(inputs[0], r));
      for (Index k = 0; k < half; ++k) {
        want(r, k) = f[static_cast<std::size_t>(k)].real();
        want(r, half + k) = f[static_cast<std::size_t>(k)].imag();
      }
    }
    const Build there = [](Tape& t, auto v) { return spectrum(t, matrices, v[0]); };
    expect_operation(inputs, there, want, static_cast<double>(d) + 4.0);
    ThreadPool pool(1);
    const Build and_back = [](Tape& t, auto v) { return inverse_spectrum(t, matrices, spectrum(t, matrices, v[0])); };
    expect_near(run_forward(pool, inputs, and_back), Reference(inputs[0]), 4.0 * static_cast<double>(d) + 4.0);
    for (const Index k : {Index{0}, d % 2 == 0 ? d / 2 : 0}) {
      for (Index n = 0; n < d; ++n) {
        EXPECT_EQ(matrices.forward(half + k, n), 0.0F);
        EXPECT_EQ(matrices.inverse(n, half + k), 0.0F);
      }
    }
  }
}

TEST(Spectrum, ProductsMatchComplexNumbersAndFiniteDifferences) {
  constexpr Index kHalf = 5;
  const auto inputs =
      leaves(random_matrix(4, 2 * kHalf, 1), random_matrix(4, 2 * kHalf, 2), random_matrix(kHalf, 2, 3));
  const auto number = [&](const Matrix<float>& m, Index r, Index k) {
    return Complex(static_cast<double>(m(r, k)), static_cast<double>(m(r, kHalf + k)));
  };
  Reference product(4, 2 * kHalf), filtered(4, 2 * kHalf);
  for (Index r = 0; r < 4; ++r) {
    for (Index k = 0; k < kHalf; ++k) {
      const Complex both = number(inputs[0], r, k) * number(inputs[1], r, k);
      const Complex weighed =
          number(inputs[0], r, k) * Complex(static_cast<double>(inputs[2](k, 0)), static_cast<double>(inputs[2](k, 1)));
      product(r, k) = both.real(), product(r, kHalf + k) = both.imag();
      filtered(r, k) = weighed.real(), filtered(r, kHalf + k) = weighed.imag();
    }
  }
  const auto two = leaves(Matrix<float>::copy_of(inputs[0].view()), Matrix<float>::copy_of(inputs[1].view()));
  expect_operation(
      two, [](Tape& t, auto v) { return multiply_spectra(t, v[0], v[1]); }, product, 3.0);
  const auto weighed = leaves(Matrix<float>::copy_of(inputs[0].view()), Matrix<float>::copy_of(inputs[2].view()));
  expect_operation(
      weighed, [](Tape& t, auto v) { return filter_spectrum(t, v[0], v[1]); }, filtered, 3.0);
}

/// y = c ⊛ x with the circulant row c that the weights stand for.
TEST(Spectrum, AFilterIsACircularConvolution) {
  for (const Index d : {6, 7}) {
    const Index half = d / 2 + 1;
    const Matrix<float> x = random_matrix(1, d, 1), w = random_matrix(half, 2, 2);
    std::vector<double> c;
    for (Index n = 0; n < d; ++n) {
      double sum = static_cast<double>(w(0, 0));
      for (Index k = 1; 2 * k < d; ++k) {
        const Complex turn =
            std::polar(1.0, 2.0 * std::numbers::pi * static_cast<double>(k * n) / static_cast<double>(d));
        sum += 2.0 * (Complex(static_cast<double>(w(k, 0)), static_cast<double>(w(k, 1))) * turn).real();
      }
      if (d % 2 == 0) sum += (n % 2 == 0 ? 1.0 : -1.0) * static_cast<double>(w(d / 2, 0));
      c.push_back(sum / static_cast<double>(d));
    }
    Reference want(1, d);
    for (Index n = 0; n < d; ++n) {
      for (Index m = 0; m < d; ++m)
        want(0, n) += c[static_cast<std::size_t>((n - m + d) % d)] * static_cast<double>(x(0, m));
    }
    const FourierMatrices matrices(d);
    ThreadPool pool(1);
    const auto inputs = leaves(Matrix<float>::copy_of(x.view()), Matrix<float>::copy_of(w.view()));
    const Build build = [&](Tape& t, auto v) {
      return inverse_spectrum(t, matrices, filter_spectrum(t, spectrum(t, matrices, v[0]), v[1]));
    };
    expect_near(run_forward(pool, inputs, build), want, 8.0 * static_cast<double>(d));
  }
}

TEST(Spectrum, RefusesWhatDoesNotFit) {
  const Matrix<float> odd(2, 3), weights(2, 2);
  expect_refused([&](Tape& t) { multiply_spectra(t, t.constant(odd.view()), t.constant(odd.view())); },
                 "[multiply_spectra] 3 columns, expected pairs");
  expect_refused([&](Tape& t) { filter_spectrum(t, t.constant(odd.view()), t.constant(weights.view())); },
                 "[filter_spectrum] weights of 2 x 2 for 3 columns");
}

}  // namespace
}  // namespace monet::autograd::testing
