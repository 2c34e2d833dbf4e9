#pragma once

#include "monet/autograd/gradient_check.h"
#include "monet/core/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace monet::autograd::testing {

/// A float64 matrix for references.
struct Reference {
  Index rows = 0;
  Index cols = 0;
  std::vector<double> data;
  Reference(Index r, Index c) : rows(r), cols(c), data(static_cast<std::size_t>(r * c), 0.0) {}
  explicit Reference(const Matrix<float>& m) : Reference(m.rows(), m.cols()) {
    for (Index k = 0; k < m.size(); ++k) data[static_cast<std::size_t>(k)] = static_cast<double>(m.data()[k]);
  }
  double& operator()(Index r, Index c) { return data[static_cast<std::size_t>(r * cols + c)]; }
  double operator()(Index r, Index c) const { return data[static_cast<std::size_t>(r * cols + c)]; }
};

/// Uniform in ±[0.15, 1), so that no element lies on a kink.
inline Matrix<float> random_matrix(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> m(rows, cols);
  for (Index k = 0; k < m.size(); ++k) {
    const double size = rng.uniform(0.15, 1.0);
    m.data()[k] = static_cast<float>(rng.below(2) == 0 ? size : -size);
  }
  return m;
}

/// Uniform in [0.2, 1).
inline Matrix<float> positive_matrix(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> m(rows, cols);
  for (Index k = 0; k < m.size(); ++k) m.data()[k] = static_cast<float>(rng.uniform(0.2, 1.0));
  return m;
}

template <class... M>
std::vector<Matrix<float>> leaves(M&&... matrices) {
  std::vector<Matrix<float>> out;
  (out.push_back(std::forward<M>(matrices)), ...);
  return out;
}

inline Matrix<float> run_forward(ThreadPool& pool, const std::vector<Matrix<float>>& inputs, const Build& build) {
  Tape tape(pool);
  std::vector<Var> vars;
  for (const auto& input : inputs) vars.push_back(tape.constant(input.view()));
  return Matrix<float>::copy_of(tape.value(build(tape, vars)));
}

/// Each entry within eps · (roundings + 2) · max(|want|, largest |want|): `roundings` in a row, on terms no larger than
/// the result's largest entry.
inline void expect_near(const Matrix<float>& got, const Reference& want, double roundings) {
  ASSERT_EQ(got.rows(), want.rows);
  ASSERT_EQ(got.cols(), want.cols);
  double largest = 0.0;
  for (const double v : want.data) largest = std::max(largest, std::abs(v));
  const double allowed = (roundings + 2.0) * static_cast<double>(std::numeric_limits<float>::epsilon()) * largest;
  for (Index r = 0; r < want.rows; ++r) {
    for (Index c = 0; c < want.cols; ++c) {
      EXPECT_NEAR(static_cast<double>(got(r, c)), want(r, c), allowed) << "at (" << r << ", " << c << ")";
    }
  }
}

inline void expect_gradients(const std::vector<Matrix<float>>& inputs, const Build& build) {
  ThreadPool pool(1);
  const GradientReport report = check_gradients(pool, inputs, build);
  EXPECT_TRUE(report.ok) << report.message;
}

/// Forward against the reference, then the gradients.
inline void expect_operation(const std::vector<Matrix<float>>& inputs, const Build& build, const Reference& want,
                             double roundings) {
  ThreadPool pool(1);
  expect_near(run_forward(pool, inputs, build), want, roundings);
  expect_gradients(inputs, build);
}

/// Runs `call` on a fresh tape and expects InvalidArgument with exactly this message.
template <class Call>
void expect_refused(Call&& call, const std::string& message) {
  ThreadPool pool(1);
  Tape tape(pool);
  try {
    call(tape);
    ADD_FAILURE() << "nothing was thrown; expected: " << message;
  } catch (const std::exception& e) {
    EXPECT_EQ(std::string(e.what()), message);
  }
}

}  // namespace monet::autograd::testing
