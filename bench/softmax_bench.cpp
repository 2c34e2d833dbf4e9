// The softmax loss over items with both gradients (autograd/ops/softmax_loss.h): its time beside that of its three
// products of float32, each at the best rate that oneDNN reaches for it in this run, over operand layouts and sizes of
// blocks, on as many threads. With products of float32, and of bfloat16. Checks loss and gradients of some rows against
// float64 arithmetic; exit code 1 if they are wrong.
//
//   softmax_bench [--short] [--threads N] [--repetitions N] [--queries N] [--keys N] [--dim N]
//
// Without sizes: TikTok's items and a batch of 2,048 distinct users; the distinct users that a batch of TikTok's
// interactions has; and 512 shared negatives.

#include "monet/autograd/ops/softmax_loss.h"
#include "monet/core/rng.h"
#include "monet/kernels/gemm.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace monet;
using kernels::Transpose;

struct Sizes {
  Index queries, keys, dim;
};

Matrix<float> unit_rows(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> out(rows, cols);
  for (Index r = 0; r < rows; ++r) {
    double square = 0.0;
    for (float& x : out.view().row_span(r)) {
      x = static_cast<float>(rng.normal());
      square += static_cast<double>(x) * static_cast<double>(x);
    }
    for (float& x : out.view().row_span(r)) x = static_cast<float>(static_cast<double>(x) / std::sqrt(square));
  }
  return out;
}

/// op(A) op(B) → C with the rows of C shared out among the workers, each in blocks of `block` rows.
double product_seconds(ThreadPool& pool, Transpose ta, Transpose tb, const Matrix<float>& a, const Matrix<float>& b,
                       Matrix<float>& c, Index block, int repetitions) {
  return bench::time(repetitions,
                     [&] {
                       pool.for_range(
                           c.rows(),
                           [&](Index begin, Index end, int) {
                             for (Index r = begin; r < end; r += block) {
                               const Index count = std::min(block, end - r);
                               const auto part =
                                   ta == Transpose::yes ? a.view().columns(r, count) : a.view().row_range(r, count);
                               kernels::gemm(ta, tb, part, b.view(), false, c.view().row_range(r, count));
                             }
                           },
                           16);
                     })
      .median();
}

/// The best of both layouts of A, both of B, and some blocks of C's rows.
double best_seconds(ThreadPool& pool, Index m, Index k, Index n, int repetitions) {
  const auto a = Matrix<float>::zeros(m, k), at = Matrix<float>::zeros(k, m);
  const auto b = Matrix<float>::zeros(k, n), bt = Matrix<float>::zeros(n, k);
  auto c = Matrix<float>::zeros(m, n);
  double best = 1e300;
  for (const Index block : {Index{128}, Index{512}, m}) {
    for (const Transpose ta : {Transpose::no, Transpose::yes}) {
      for (const Transpose tb : {Transpose::no, Transpose::yes}) {
        best = std::min(best, product_seconds(pool, ta, tb, ta == Transpose::yes ? at : a,
                                              tb == Transpose::yes ? bt : b, c, block, repetitions));
      }
    }
  }
  return best;
}

/// Loss of all pairs, and the gradient of the first query, in float64.
struct Exact {
  double loss = 0.0;
  std::vector<double> gradient;
};

Exact exact(const Matrix<float>& x, const Matrix<float>& y, const std::vector<autograd::QueryTarget>& pairs,
            double factor) {
  Exact out{0.0, std::vector<double>(static_cast<std::size_t>(x.cols()), 0.0)};
  const double share = 1.0 / static_cast<double>(pairs.size());
  for (const auto& [query, target] : pairs) {
    std::vector<double> logits;
    for (Index k = 0; k < y.rows(); ++k) {
      double sum = 0.0;
      for (Index c = 0; c < x.cols(); ++c) sum += static_cast<double>(x(query, c)) * static_cast<double>(y(k, c));
      logits.push_back(factor * sum);
    }
    double total = 0.0;
    for (const double l : logits) total += std::exp(l);
    out.loss += share * (std::log(total) - logits[static_cast<std::size_t>(target)]);
    if (query != 0) continue;
    for (Index k = 0; k < y.rows(); ++k) {
      const double g = std::exp(logits[static_cast<std::size_t>(k)]) / total - (k == target ? 1.0 : 0.0);
      for (Index c = 0; c < x.cols(); ++c) {
        out.gradient[static_cast<std::size_t>(c)] += share * factor * g * static_cast<double>(y(k, c));
      }
    }
  }
  return out;
}

bool run(const Sizes& sizes, int threads, int repetitions) {
  constexpr float kFactor = 5.0F;
  ThreadPool pool(threads);
  Matrix<float> x = unit_rows(sizes.queries, sizes.dim, 1), y = unit_rows(sizes.keys, sizes.dim, 2);
  auto bias = Matrix<float>::zeros(sizes.keys, 1);
  Matrix<float> gx(sizes.queries, sizes.dim), gy(sizes.keys, sizes.dim), gb(sizes.keys, 1);
  Rng rng(3);
  std::vector<autograd::QueryTarget> pairs;
  for (std::int32_t q = 0; q < sizes.queries; ++q) {
    pairs.push_back({q, static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(sizes.keys)))});
  }
  const double logits = best_seconds(pool, sizes.queries, sizes.dim, sizes.keys, repetitions);
  const double to_queries = best_seconds(pool, sizes.queries, sizes.keys, sizes.dim, repetitions);
  const double to_keys = best_seconds(pool, sizes.keys, sizes.queries, sizes.dim, repetitions);
  const double products = logits + to_queries + to_keys;
  const double operations = 6e-9 * static_cast<double>(sizes.queries * sizes.keys * sizes.dim);
  fmt::print(
      "{} queries x {} keys, width {}, {} thread(s); products of float32 {:.2f} ms = {:.2f} + {:.2f} + {:.2f} "
      "({:.1f} GFLOP at {:.0f} GFLOP/s)\n",
      sizes.queries, sizes.keys, sizes.dim, threads, 1e3 * products, 1e3 * logits, 1e3 * to_queries, 1e3 * to_keys,
      operations, operations / products);

  const Exact want = exact(x, y, pairs, static_cast<double>(kFactor));
  bool right = true;
  struct Kind {
    const char* name;
    autograd::SoftmaxProducts products;
    double loss_within, gradient_within;
  };
  for (const Kind& kind : {Kind{"float32", autograd::SoftmaxProducts::f32, 2e-6, 2e-5},
                           Kind{"bfloat16", autograd::SoftmaxProducts::bf16, 2e-4, 1e-2}}) {
    autograd::Tape tape(pool);
    double loss = 0.0;
    const auto timings = bench::time(repetitions, [&] {
      tape.clear();
      const auto vx = tape.parameter(x.view(), gx.view()), vy = tape.parameter(y.view(), gy.view());
      const auto vb = tape.parameter(bias.view(), gb.view());
      const auto value = autograd::softmax_loss(tape, vx, vy, vb, pairs, kFactor, autograd::kSoftmaxFloats,
                                                autograd::kAllKeys, kind.products);
      loss = static_cast<double>(tape.scalar(value));
      tape.backward(value);
    });
    double apart = 0.0, largest = 0.0;
    for (Index c = 0; c < sizes.dim; ++c) {
      const double g = want.gradient[static_cast<std::size_t>(c)];
      apart = std::max(apart, std::abs(static_cast<double>(gx(0, c)) - g));
      largest = std::max(largest, std::abs(g));
    }
    fmt::print("  {:<8} {:.2f} ms (median of {}; {:.2f} to {:.2f}), {:.2f} of the products of float32\n", kind.name,
               1e3 * timings.median(), repetitions, 1e3 * timings.fastest(), 1e3 * timings.slowest(),
               timings.median() / products);
    fmt::print("           loss {:.7f}, in float64 {:.7f}; gradient of a row apart by {:.1e} of its largest entry\n",
               loss, want.loss, apart / largest);
    if (!(std::abs(loss - want.loss) <= kind.loss_within * want.loss) || !(apart <= kind.gradient_within * largest)) {
      fmt::print(stderr, "softmax_bench: wrong loss or gradient\n");
      right = false;
    }
  }
  return right;
}

}  // namespace

int main(int argc, char** argv) {
  int threads = 1;
  int repetitions = 9;
  Sizes sizes{0, 6245, 192};
  bool short_run = false;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    const auto value = [&] { return std::max<Index>(1, a + 1 < argc ? std::atoll(argv[++a]) : 1); };
    if (option == "--short") {
      short_run = true;
    } else if (option == "--threads") {
      threads = static_cast<int>(value());
    } else if (option == "--repetitions") {
      repetitions = static_cast<int>(value());
    } else if (option == "--queries") {
      sizes.queries = value();
    } else if (option == "--keys") {
      sizes.keys = value();
    } else if (option == "--dim") {
      sizes.dim = value();
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  try {
    if (short_run) return run({100, 700, 48}, threads, 1) ? 0 : 1;
    if (sizes.queries > 0) return run(sizes, threads, repetitions) ? 0 : 1;
    bool right = true;
    for (const Sizes& each : {Sizes{2048, 6245, 192}, Sizes{640, 6245, 192}, Sizes{640, 1700, 192}}) {
      right = run(each, threads, repetitions) && right;
    }
    return right ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "softmax_bench: {}\n", error.what());
    return 1;
  }
}
