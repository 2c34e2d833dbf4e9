// Rates of the kernels on one thread, each beside what bounds it, measured in the same run: gathers of rows by the size
// of the table, sparse passes beside their gathers, products beside oneDNN's best layout, Adam and row normalisation
// beside memcpy, attention beside its gathers, exponentials. Every answer is checked; exit code 1 if one is wrong.
//
//   kernels_bench [--short] [--cpu-clock] [--repetitions R]

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/kernels/adam.h"
#include "monet/kernels/rank_tile.h"
#include "monet/kernels/row_normalize.h"
#include "monet/kernels/spmm.h"
#include "monet/kernels/target_attention.h"
#include "bench/kernels_products.h"
#include "bench/kernels_support.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace monet;
using bench::expect;
using bench::random_matrix;
using bench::spread;
using bench::Timings;
using Settings = bench::KernelSettings;

constexpr Index kWidth = 128;  // floats of a row: two modalities of 64
constexpr Index kDim = 64;

// ---- gathers and sparse passes ----

/// Seconds per row gathered at random from a table of `rows` rows, by the sparse kernel: a sum of many rows.
Timings gather(Index rows, const Settings& s) {
  const Index count = s.shrink(std::clamp<Index>(rows * 4, 1 << 16, 1 << 19));
  Matrix<float> table(rows, kWidth);
  for (Index r = 0; r < rows; ++r) std::fill_n(table.row(r), kWidth, static_cast<float>(r % 16));
  Rng rng(11);
  std::vector<std::int32_t> picks(static_cast<std::size_t>(count));
  double want = 0.0;
  for (auto& pick : picks) {
    pick = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(rows)));
    want += pick % 16;
  }
  const std::vector<float> weights(picks.size(), 1.0F);
  const std::vector<Index> offsets{0, count};
  Matrix<float> sum(1, kWidth);
  Timings t = bench::time(s.repetitions, [&] {
    kernels::spmm_rows({{1, rows, offsets, picks}, weights, 1.0F, table.view(), {}, 0.0F, {}, sum.view()}, 0, 1);
  });
  // Whole numbers below 2^24: exact.
  expect("a sum of gathered rows", static_cast<double>(sum(0, kWidth - 1)), want, 0.0);
  for (double& seconds : t.seconds) seconds /= static_cast<double>(count);
  return t;
}

double copy_rate(const Settings& s) {
  const Index floats = s.shrink(Index{1} << 24);
  const Matrix<float> from = random_matrix(1, floats, 1);
  Matrix<float> to(1, floats);
  const auto bytes = static_cast<std::size_t>(floats) * sizeof(float);
  const Timings t = bench::time(s.repetitions, [&] { std::memcpy(to.data(), from.data(), bytes); });
  expect("a copied float", static_cast<double>(to(0, floats - 1)), static_cast<double>(from(0, floats - 1)), 0.0);
  return 2.0 * static_cast<double>(bytes) / t.median();
}

void sparse_pass(std::string_view name, Index users, Index items, Index edges, double gather_seconds,
                 const Settings& s) {
  Rng rng(3);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index k = 0; k < edges; ++k) {
    const double u = rng.uniform(), i = rng.uniform();
    pairs.emplace_back(static_cast<std::int32_t>(u * u * static_cast<double>(users)),
                       static_cast<std::int32_t>(i * std::sqrt(i) * static_cast<double>(items)));
  }
  const Csr a = Csr::from_pairs(users, items, pairs);
  const std::vector<float> weights(static_cast<std::size_t>(a.nnz()), 0.25F);
  const Matrix<float> x = random_matrix(items, kWidth, 1), self = random_matrix(users, kWidth, 2);
  Matrix<float> y(users, kWidth), exact(users, kWidth);
  kernels::SpmmOperands o{a.view(), weights, 1.0F, x.view(), self.view(), 1.0F, {}, y.view()};
  const Timings t = bench::time(s.repetitions, [&] { kernels::spmm_rows(o, 0, users); });
  o.y = exact.view();
  kernels::spmm_reference(o);
  for (Index r = 0; r < users; r += std::max<Index>(users / 500, 1)) {
    const double tolerance =
        6e-8 * static_cast<double>(a.degree(r) + 4) * (1.0 + 0.25 * static_cast<double>(a.degree(r)));
    expect("an entry of a sparse pass", static_cast<double>(y(r, r % kWidth)),
           static_cast<double>(exact(r, r % kWidth)), tolerance);
  }
  const double floor = gather_seconds * static_cast<double>(a.nnz());
  fmt::print("  {:34} ms {:34} floor {:.3g} ms, {:.2f}x\n", name, spread(t, 1e3), floor * 1e3, t.median() / floor);
}

void gathers_and_passes(const Settings& s) {
  fmt::print("gathers of {} bytes at random\n", kWidth * 4);
  std::map<Index, double> seconds;
  for (const Index rows : {64, 1000, 6710, 16000, 64000, 250000}) {
    const Timings t = gather(s.shrink(rows), s);
    seconds[rows] = t.median();
    fmt::print("  {:>7} rows, {:>7.2f} MB          ns {:34} {:.1f} GB/s\n", s.shrink(rows),
               static_cast<double>(s.shrink(rows) * kWidth * 4) * 1e-6, spread(t, 1e9),
               static_cast<double>(kWidth * 4) / t.median() * 1e-9);
  }
  fmt::print("sparse passes y = x + A x, floor: gathers from a table of that size\n");
  sparse_pass("9,308 x 6,710, 60,000 entries", s.shrink(9308), s.shrink(6710), s.shrink(60000), seconds[6710], s);
  sparse_pass("50,000 x 64,000, 1,000,000 entries", s.shrink(50000), s.shrink(64000), s.shrink(1000000), seconds[64000],
              s);
}

// ---- streams ----

void adam(double copy_bytes, const Settings& s) {
  fmt::print("Adam, 28 bytes a parameter, beside memcpy at {:.1f} GB/s\n", copy_bytes * 1e-9);
  for (const Index size : {Index{1} << 16, Index{1} << 20, Index{1} << 23}) {
    const Index n = s.shrink(size);
    const auto step = kernels::AdamStep::at(3, 1e-3);
    const Matrix<float> g = random_matrix(1, n, 1);
    auto m = Matrix<float>::zeros(1, n), v = Matrix<float>::zeros(1, n);
    Matrix<float> theta = random_matrix(1, n, 2);
    const auto row = [](Matrix<float>& matrix) { return matrix.view().row_span(0); };
    auto m0 = Matrix<float>::zeros(1, n), v0 = Matrix<float>::zeros(1, n), theta0 = random_matrix(1, n, 2);
    kernels::adam_reference(step, g.view().row_span(0), row(m0), row(v0), row(theta0));
    kernels::adam(step, g.view().row_span(0), row(m), row(v), row(theta));
    for (Index k = 0; k < n; k += n / 100) {
      expect("a parameter", static_cast<double>(theta(0, k)), static_cast<double>(theta0(0, k)), 4e-7);
    }
    const Timings t =
        bench::time(s.repetitions, [&] { kernels::adam(step, g.view().row_span(0), row(m), row(v), row(theta)); });
    const double rate = 28.0 * static_cast<double>(n) / t.median();
    fmt::print("  {:>9} parameters               ms {:34} {:.1f} GB/s, {:.2f} of memcpy\n", n, spread(t, 1e3),
               rate * 1e-9, rate / copy_bytes);
  }
}

void normalisation(double copy_bytes, const Settings& s) {
  fmt::print("normalising rows of {} floats\n", kDim);
  const Index rows = s.shrink(6710);
  const Matrix<float> z = random_matrix(rows, kDim, 1), grad = random_matrix(rows, kDim, 2);
  const std::vector<float> bias(kDim, 0.1F);
  std::vector<float> inverse(static_cast<std::size_t>(rows)), sums(kDim);
  Matrix<float> out(rows, kDim), dz(rows, kDim);
  const auto report = [&](std::string_view name, double bytes, const Timings& t) {
    const double rate = bytes * static_cast<double>(rows) / t.median();
    fmt::print("  {:34} us {:34} {:.1f} GB/s, {:.2f} of memcpy\n", name, spread(t, 1e6), rate * 1e-9,
               rate / copy_bytes);
  };
  report("bias and norm", 8.0 * kDim,
         bench::time(s.repetitions, [&] { kernels::bias_normalize_rows(z.view(), bias, out.view(), inverse); }));
  report("its gradient", 12.0 * kDim, bench::time(s.repetitions, [&] {
           kernels::normalize_rows_backward(out.view(), inverse, grad.view(), dz.view(), sums);
         }));
  for (Index r = 0; r < rows; r += std::max<Index>(rows / 50, 1)) {
    double squares = 0.0;
    double along = 0.0;
    for (Index c = 0; c < kDim; ++c) {
      squares += static_cast<double>(out(r, c)) * static_cast<double>(out(r, c));
      along += static_cast<double>(out(r, c)) * static_cast<double>(dz(r, c));
    }
    expect("the length of a row", squares, 1.0, 1e-5);
    expect("the gradient along a row", along, 0.0, 1e-5);
  }
}

void exponentials(const Settings& s) {
  const Index rows = s.shrink(256), cols = 512;
  const Matrix<float> g = random_matrix(rows, cols, 1);
  const std::vector<float> shift(static_cast<std::size_t>(cols), 0.5F);
  Matrix<float> table(rows, 2 * cols);
  const Timings t = bench::time(s.repetitions, [&] { kernels::exp_table(g.view(), shift.data(), table.view()); });
  for (Index k = 0; k < 100; ++k) {
    const Index r = k % rows, c = k * 37 % cols;
    const double x = static_cast<double>(g(r, c));
    expect("an exponential", static_cast<double>(table(r, c)), std::exp(x - 0.5), 5e-7);
    expect("an exponential times its argument", static_cast<double>(table(r, cols + c)), std::exp(x - 0.5) * x, 6e-7);
  }
  fmt::print("exponentials with their products       us {:34} {:.2f} ns each\n", spread(t, 1e6),
             1e9 * t.median() / static_cast<double>(rows * cols));
}

// ---- attention ----

void attention(const Settings& s) {
  const Index items = s.shrink(6710), users = s.shrink(1024);
  const double gather_seconds = gather(items, s).median();
  fmt::print("target-aware attention of {} triples, rows of {} bytes\n", users, kWidth * 4);
  const Matrix<float> table = random_matrix(items, kWidth, 1);
  for (const Index length : {2, 6, 400}) {
    Rng rng(5);
    std::vector<std::int32_t> history(static_cast<std::size_t>(users * length));
    for (auto& item : history) item = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(items)));
    const auto past = [&](Index u) {
      return std::span<const std::int32_t>(history).subspan(static_cast<std::size_t>(u * length),
                                                            static_cast<std::size_t>(length));
    };
    const auto target = [&](Index u) { return table.row(u * 31 % items); };
    std::vector<float> p(static_cast<std::size_t>(length + kernels::kSlopePadding)), n = p;
    std::vector<float> scores(static_cast<std::size_t>(users));
    const Timings forward = bench::time(s.repetitions, [&] {
      for (Index u = 0; u < users; ++u) {
        scores[static_cast<std::size_t>(u)] =
            kernels::target_attention(table.view(), past(u), target(u), target(u + 1), -1, p.data(), n.data()).positive;
      }
    });
    for (Index u = 0; u < users; u += std::max<Index>(users / 20, 1)) {
      const double want = kernels::target_attention_reference(table.view(), past(u), target(u), -1);
      expect("an attended score", static_cast<double>(scores[static_cast<std::size_t>(u)]), want,
             1e-5 * (10.0 + std::abs(want)));
    }
    auto grad = Matrix<float>::zeros(items, kWidth);
    auto targets = Matrix<float>::zeros(2, kWidth);
    // Columns [begin, end): what one of several workers does.
    const auto spread_back = [&](Index u, Index begin, Index end) {
      kernels::target_attention_backward(table.view(), past(u), target(u), target(u + 1), p.data(), n.data(), 1e-3F,
                                         begin, end, grad.view(), targets.row(0), targets.row(1));
    };
    const auto pass = [&](Index share) {
      return bench::time(s.repetitions, [&] {
        for (Index begin = 0; begin < kWidth; begin += share) {
          for (Index u = 0; u < users; ++u) spread_back(u, begin, begin + share);
        }
      });
    };
    const Timings backward = pass(kWidth), in_shares = pass(32);
    fill(targets.view(), 0.0F);
    spread_back(0, 0, kWidth);
    for (Index c = 0; c < kWidth; c += 9) {
      double want = 0.0;
      for (Index k = 0; k < length; ++k) {
        want += 1e-3 * static_cast<double>(p[static_cast<std::size_t>(k)]) *
                static_cast<double>(table(past(0)[static_cast<std::size_t>(k)], c));
      }
      expect("the gradient of a target", static_cast<double>(targets(0, c)), want, 1e-8);
    }
    const double floor = gather_seconds * static_cast<double>(users * (length + 2));
    fmt::print("  histories of {:>3}, forward         ms {:34} floor {:.3g} ms, {:.2f}x\n", length,
               spread(forward, 1e3), floor * 1e3, forward.median() / floor);
    // Rows of the history and the targets, and of their gradients, which are also written.
    const auto report = [&](std::string_view what, const Timings& t) {
      fmt::print("  histories of {:>3}, {:15} ms {:34} floor {:.3g} ms, {:.2f}x\n", length, what, spread(t, 1e3),
                 2e3 * floor, t.median() / (2.0 * floor));
    };
    report("backward", backward);
    report("by 32 columns", in_shares);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    if (option == "--short") {
      settings.short_run = true;
      settings.repetitions = 1;
    } else if (option == "--cpu-clock") {
      bench::cpu_clock() = true;
    } else if (option == "--repetitions" && a + 1 < argc) {
      settings.repetitions = std::max(1, std::atoi(argv[++a]));
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  gathers_and_passes(settings);
  bench::projection_products(settings);
  const double copy_bytes = copy_rate(settings);
  adam(copy_bytes, settings);
  normalisation(copy_bytes, settings);
  exponentials(settings);
  attention(settings);
  return bench::answers_right() ? 0 : 1;
}
