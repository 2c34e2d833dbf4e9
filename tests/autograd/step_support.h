#pragma once

#include "monet/autograd/ops/propagate.h"
#include "tests/autograd/support.h"

#include <numeric>
#include <optional>

namespace monet::autograd::testing {

inline constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

/// Sparse and long-tailed, so that receptive fields stay small for a layer or two; the last users and items have no
/// edge.
inline graph::Bipartite random_graph(Index users, Index items, Index edges, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index k = 0; k < edges; ++k) {
    const double i = rng.uniform();
    pairs.emplace_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(users - 5))),
                       static_cast<std::int32_t>(i * i * static_cast<double>(items - 5)));
  }
  return graph::Bipartite(Csr::from_pairs(users, items, pairs));
}

inline std::vector<std::int32_t> random_ids(std::size_t count, Index bound, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::int32_t> out(count);
  for (auto& id : out) id = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(bound)));
  return out;
}

inline std::vector<std::int32_t> rows_of(const graph::RowSet* set, Index size) {
  if (set != nullptr && !set->all) return set->rows;
  std::vector<std::int32_t> out(static_cast<std::size_t>(size));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

/// Leaves NaN in the memory that the tape will hand out for this shape, so that a row which is read without having been
/// written shows.
inline void poison(Tape& tape, Index rows, Index cols) {
  std::vector<Tape::Scratch> held;
  for (int n = 0; n < 12; ++n) {
    held.push_back(tape.scratch(rows, cols));
    fill(held.back().view(), std::numeric_limits<float>::quiet_NaN());
  }
}

/// Adds Σ weights ⊙ value over the listed rows of `input` to a scalar. As an operation under a receptive field may, it
/// writes its gradient on those rows only, and what lies elsewhere in fresh memory is NaN.
inline Var weighted_rows(Tape& tape, Var input, const Matrix<float>& weights, std::vector<std::int32_t> rows) {
  const Var out = tape.make(1, 1, {input});
  double sum = 0.0;
  for (const std::int32_t r : rows) {
    for (Index c = 0; c < weights.cols(); ++c) sum += static_cast<double>(weights(r, c)) * tape.value(input)(r, c);
  }
  tape.mutable_value(out)(0, 0) = static_cast<float>(sum);
  tape.on_backward(out, [=, &weights, rows = std::move(rows)](Tape& t) {
    const float seed = t.grad(out)(0, 0);
    const GradSlot slot = t.contribute(input);
    if (slot.fresh) {
      fill(slot.view, std::numeric_limits<float>::quiet_NaN());
      for (const std::int32_t r : rows) std::fill_n(slot.view.row(r), slot.view.cols, 0.0F);
    }
    for (const std::int32_t r : rows) {
      for (Index c = 0; c < weights.cols(); ++c) slot.view(r, c) += seed * weights(r, c);
    }
  });
  return out;
}

/// Trainable copies of matrices, and where their gradients go; these are NaN until backward writes them.
struct Trainable {
  explicit Trainable(std::vector<Matrix<float>>&& inputs) : values(std::move(inputs)) {
    for (const auto& v : values) {
      grads.emplace_back(v.rows(), v.cols());
      fill(grads.back().view(), std::numeric_limits<float>::quiet_NaN());
    }
  }
  std::vector<Var> on(Tape& tape) {
    std::vector<Var> out;
    for (std::size_t k = 0; k < values.size(); ++k) out.push_back(tape.parameter(values[k].view(), grads[k].view()));
    return out;
  }
  std::vector<Matrix<float>> values, grads;
};

/// |got − want| ≤ relative · the largest |want|; never for what is not finite.
inline ::testing::AssertionResult near_all(MatrixView<const float> got, const Reference& want, double relative) {
  if (got.rows != want.rows || got.cols != want.cols) return ::testing::AssertionFailure() << "another shape";
  double largest = 0.0;
  for (const double v : want.data) largest = std::max(largest, std::abs(v));
  if (!(largest > 0.0)) return ::testing::AssertionFailure() << "nothing to compare with";
  for (Index r = 0; r < want.rows; ++r) {
    for (Index c = 0; c < want.cols; ++c) {
      if (std::abs(static_cast<double>(got(r, c)) - want(r, c)) <= relative * largest) continue;
      return ::testing::AssertionFailure()
             << "(" << r << ", " << c << ") is " << got(r, c) << ", not " << want(r, c) << " +- " << relative * largest;
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace monet::autograd::testing
