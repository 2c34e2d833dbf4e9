// Item-item kNN graph by cosine: seconds for n items of d features, beside the products alone in the same run (one
// tile of them, times the number of tiles). The lists of sampled rows are checked against float64; exit code 1 if one
// is wrong.
//
//   knn_bench [--short] [--items N] [--dim D] [--k K] [--threads N] [--repetitions R] [--cpu-clock]

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/core/thread_pool.h"
#include "monet/graph/knn.h"
#include "monet/kernels/gemm.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace monet;

struct Settings {
  Index items = 100000;
  Index dim = 128;
  Index k = 10;
  int threads = 1;
  int repetitions = 1;
};

double cosine(const Matrix<float>& x, Index a, Index b) {
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (Index c = 0; c < x.cols(); ++c) {
    const auto p = static_cast<double>(x(a, c));
    const auto q = static_cast<double>(x(b, c));
    ab += p * q, aa += p * p, bb += q * q;
  }
  return ab / std::sqrt(aa * bb);
}

/// Whether the list of row `r` is of the k best, to float rounding.
bool right(const Matrix<float>& x, const graph::KnnGraph& graph, Index r, Index k) {
  std::vector<double> all;
  for (Index c = 0; c < x.rows(); ++c) all.push_back(cosine(x, r, c));
  std::vector<double> best = all;
  k = std::min(k, x.rows());
  std::nth_element(best.begin(), best.begin() + (k - 1), best.end(), std::greater<>());
  const double allowed = static_cast<double>(x.cols() + 3) * static_cast<double>(std::numeric_limits<float>::epsilon());
  const auto row = graph.pattern.row(r);
  if (static_cast<Index>(row.size()) != k) return false;
  for (std::size_t n = 0; n < row.size(); ++n) {
    const double want = all[static_cast<std::size_t>(row[n])];
    const auto entry = static_cast<std::size_t>(graph.pattern.indptr()[static_cast<std::size_t>(r)]) + n;
    if (std::abs(static_cast<double>(graph.similarities[entry]) - want) > allowed) return false;
    if (want < best[static_cast<std::size_t>(k - 1)] - 2.0 * allowed) return false;
  }
  return true;
}

int run(const Settings& settings) {
  Rng rng(1);
  Matrix<float> x(settings.items, settings.dim);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(rng.normal());
  ThreadPool pool(settings.threads);
  graph::KnnGraph graph;
  std::vector<double> seconds;
  for (int r = 0; r < settings.repetitions; ++r) {
    const double start = bench::now();
    graph = graph::cosine_neighbours(pool, x.view(), {settings.k, false});
    seconds.push_back(bench::now() - start);
  }
  std::sort(seconds.begin(), seconds.end());

  const Index rows = std::min<Index>(192, settings.items);
  const Index cols = std::min<Index>(768, settings.items);
  Matrix<float> products(rows, cols);
  const auto tile = bench::time(50, [&] {
    kernels::gemm(kernels::Transpose::no, kernels::Transpose::yes, x.view().row_range(0, rows),
                  x.view().row_range(0, cols), false, products);
  });
  const auto n = static_cast<double>(settings.items);
  const double operations = 2.0 * n * n * static_cast<double>(settings.dim);
  const double products_alone = tile.median() * n * n / static_cast<double>(rows * cols) / settings.threads;
  fmt::print(
      "knn {} x {}, k {}, {} thread(s): {:.2f} s ({:.2f} to {:.2f}, {} runs), {:.0f} GFLOP/s; products alone "
      "{:.2f} s\n",
      settings.items, settings.dim, settings.k, settings.threads, seconds[seconds.size() / 2], seconds.front(),
      seconds.back(), settings.repetitions, operations / seconds[seconds.size() / 2] * 1e-9, products_alone);
  for (int sample = 0; sample < 20; ++sample) {
    const auto r = static_cast<Index>(rng.below(static_cast<std::uint64_t>(settings.items)));
    if (!right(x, graph, r, settings.k)) {
      fmt::print("WRONG: the neighbours of row {}\n", r);
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view flag = argv[a];
    const auto number = [&] { return a + 1 < argc ? std::atoll(argv[++a]) : 0; };
    if (flag == "--short") {
      settings.items = 3000;
    } else if (flag == "--items") {
      settings.items = number();
    } else if (flag == "--dim") {
      settings.dim = number();
    } else if (flag == "--k") {
      settings.k = number();
    } else if (flag == "--threads") {
      settings.threads = static_cast<int>(number());
    } else if (flag == "--repetitions") {
      settings.repetitions = static_cast<int>(number());
    } else if (flag == "--cpu-clock") {
      bench::cpu_clock() = true;
    } else {
      fmt::print(stderr, "unknown option {}\n", flag);
      return 2;
    }
  }
  if (settings.items < 1 || settings.dim < 1 || settings.k < 1 || settings.threads < 1 || settings.repetitions < 1) {
    fmt::print(stderr, "all numbers must be at least 1\n");
    return 2;
  }
  return run(settings);
}
