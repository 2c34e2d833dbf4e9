// Full ranking: user-item pairs per second on a problem shaped like TikTok (9,308 users x 6,710 items, D 128, 59,541
// training interactions of which 103 users hold 42,009), beside its two products by oneDNN alone in the same run. The
// answer is checked against the float64 reference for sampled users; exit code 1 if it is wrong.
//
//   rank_bench [--short] [--threads N] [--tile T] [--repetitions R] [--cpu-clock]

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/kernels/gemm.h"
#include "monet/rank/rank.h"
#include "monet/scoring/items.h"
#include "bench/rank_problem.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using monet::Index;
using monet::Matrix;
using monet::MatrixView;

struct Settings {
  monet::bench::RankSizes sizes;
  Index k = 20;
  Index tile = 0;
  int threads = 1;
  int repetitions = 9;
};

/// The two products alone, at the shapes ranking uses: users x items and history items x items, 64 candidates at a
/// time.
double gemm_floor(const monet::bench::RankProblem& problem, const Settings& settings, Index history_items) {
  constexpr Index kRows = 512;
  constexpr Index kTile = 64;
  const MatrixView<const float> items = problem.item_embedding.view();
  const MatrixView<const float> users = problem.user_embedding.view();
  Matrix<float> out(kRows, kTile);
  const auto product = [&](MatrixView<const float> a) {
    for (Index t = 0; t + kTile <= items.rows; t += kTile) {
      for (Index r = 0; r < a.rows; r += kRows) {
        const Index rows = std::min(kRows, a.rows - r);
        monet::kernels::gemm(monet::kernels::Transpose::no, monet::kernels::Transpose::yes, a.row_range(r, rows),
                             items.row_range(t, kTile), false, out.view().row_range(0, rows));
      }
    }
  };
  const auto timings = monet::bench::time(settings.repetitions, [&] {
    product(users);
    product(items.row_range(0, history_items));
  });
  return timings.median();
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    if (option == "--short") {
      settings.sizes = monet::bench::RankSizes::small();
      settings.repetitions = 3;
    } else if (option == "--cpu-clock") {
      monet::bench::cpu_clock() = true;
    } else if (a + 1 < argc && option == "--threads") {
      settings.threads = std::atoi(argv[++a]);
    } else if (a + 1 < argc && option == "--tile") {
      settings.tile = std::atoi(argv[++a]);
    } else if (a + 1 < argc && option == "--repetitions") {
      settings.repetitions = std::max(1, std::atoi(argv[++a]));
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  const monet::bench::RankProblem problem = monet::bench::make_problem(settings.sizes);
  const monet::scoring::Items items(problem.scoring());
  const std::vector<monet::scoring::Query> queries = monet::bench::queries_of(problem.scoring());
  monet::ThreadPool pool(settings.threads);
  monet::rank::RankOptions options;
  options.k = settings.k;
  options.tiles.tile_items = settings.tile;

  monet::rank::Ranking ranking(0, 0);
  const auto timings =
      monet::bench::time(settings.repetitions, [&] { ranking = monet::rank::rank(pool, items, queries, options); });
  Index touched = 0;
  for (const float p : problem.popularity) touched += p > 0.0F ? 1 : 0;
  const double floor = gemm_floor(problem, settings, touched);
  const double pairs = static_cast<double>(settings.sizes.users) * static_cast<double>(settings.sizes.items);
  fmt::print("ranking {} users x {} items, D {}, {} interactions, {} thread(s), {} repetitions\n", settings.sizes.users,
             settings.sizes.items, settings.sizes.dim, problem.history.nnz(), settings.threads, settings.repetitions);
  const double products = pairs + static_cast<double>(touched) * static_cast<double>(settings.sizes.items);
  fmt::print("{:.1f} M pairs/s (median; {:.1f} to {:.1f}), {:.1f} ms; with the products of past items {:.1f} M/s\n",
             1e-6 * pairs / timings.median(), 1e-6 * pairs / timings.slowest(), 1e-6 * pairs / timings.fastest(),
             1e3 * timings.median(), 1e-6 * products / timings.median());
  fmt::print("its two products by oneDNN alone, one thread: {:.1f} ms\n", 1e3 * floor);
  if (!monet::bench::answer_is_right(problem.scoring(), ranking, std::max<Index>(1, settings.sizes.users / 50))) {
    fmt::print(stderr, "rank_bench: wrong answer\n");
    return 1;
  }
  return 0;
}
