#pragma once

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace monet::bench {

struct KernelSettings {
  int repetitions = 11;
  bool short_run = false;
  Index shrink(Index size) const { return short_run ? std::max<Index>(size / 16, 1) : size; }
};

/// Whether every answer so far was right.
inline bool& answers_right() {
  static bool right = true;
  return right;
}

/// Complains, and spoils the run, unless `got` is within `tolerance` of `want`.
inline void expect(std::string_view what, double got, double want, double tolerance) {
  if (std::abs(got - want) <= tolerance) return;  // not so for a NaN
  fmt::print(stderr, "kernels_bench: {} is {}, not {} +- {}\n", what, got, want, tolerance);
  answers_right() = false;
}

inline Matrix<float> random_matrix(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> m(rows, cols);
  for (Index k = 0; k < m.size(); ++k) m.data()[k] = static_cast<float>(rng.uniform(-1.0, 1.0));
  return m;
}

/// The median and the range, in `unit`s to a second.
inline std::string spread(const Timings& t, double unit) {
  return fmt::format("{:.3g} ({:.3g} to {:.3g})", t.median() * unit, t.fastest() * unit, t.slowest() * unit);
}

}  // namespace monet::bench
