// Full ranking by a blend beside that by its parts, on the problem of rank_bench: a target-aware part and one of plain
// products. The answer is checked against the float64 reference for sampled users; exit code 1 if it is wrong.
//
//   blend_bench [--short] [--threads N] [--repetitions R] [--cpu-clock]

#include "monet/core/thread_pool.h"
#include "monet/rank/rank.h"
#include "monet/scoring/items.h"
#include "bench/rank_problem.h"
#include "bench/timing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using monet::Index;
using monet::scoring::Scoring;

struct Settings {
  monet::bench::RankSizes sizes;
  int threads = 1;
  int repetitions = 5;
};

/// Median seconds of ranking all users, which leaves the ranking.
double ranked(monet::ThreadPool& pool, const Scoring& scoring, const Settings& settings, monet::rank::Ranking& ranking,
              const char* what) {
  const monet::scoring::Items items(scoring);
  const auto queries = monet::bench::queries_of(scoring);
  const auto timings =
      monet::bench::time(settings.repetitions, [&] { ranking = monet::rank::rank(pool, items, queries, {}); });
  const double pairs = static_cast<double>(settings.sizes.users) * static_cast<double>(settings.sizes.items);
  fmt::print("{:<28}{:7.1f} ms ({:.1f} to {:.1f}), {:6.1f} M pairs/s\n", what, 1e3 * timings.median(),
             1e3 * timings.fastest(), 1e3 * timings.slowest(), 1e-6 * pairs / timings.median());
  return timings.median();
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    if (option == "--short") {
      settings.sizes = monet::bench::RankSizes::small();
      settings.repetitions = 2;
    } else if (option == "--cpu-clock") {
      monet::bench::cpu_clock() = true;
    } else if (a + 1 < argc && option == "--threads") {
      settings.threads = std::atoi(argv[++a]);
    } else if (a + 1 < argc && option == "--repetitions") {
      settings.repetitions = std::max(1, std::atoi(argv[++a]));
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  const monet::bench::RankProblem problem = monet::bench::make_problem(settings.sizes);
  const Scoring attentive = problem.scoring();
  Scoring plain = attentive;
  plain.kind = monet::scoring::ScoreKind::dot;
  Scoring blend;
  blend.kind = monet::scoring::ScoreKind::blend;
  blend.history = attentive.history;
  blend.item_popularity = attentive.item_popularity;
  blend.parts = {attentive, plain};
  blend.weights = {0.4, 0.6};
  monet::ThreadPool pool(settings.threads);
  monet::rank::Ranking ranking(0, 0);
  fmt::print("ranking {} users x {} items, D {}, {} interactions, {} thread(s), {} repetitions\n", settings.sizes.users,
             settings.sizes.items, settings.sizes.dim, problem.history.nnz(), settings.threads, settings.repetitions);
  const double parts = ranked(pool, attentive, settings, ranking, "target-aware part") +
                       ranked(pool, plain, settings, ranking, "part of plain products");
  bool right = true;
  for (const auto by : {monet::scoring::BlendBy::zscore, monet::scoring::BlendBy::rank}) {
    blend.blend_by = by;
    const bool by_rank = by == monet::scoring::BlendBy::rank;
    const double seconds = ranked(pool, blend, settings, ranking, by_rank ? "blend by rank" : "blend by z-score");
    fmt::print("{:<28}{:.2f} x its parts\n", "", seconds / parts);
    right = monet::bench::answer_is_right(blend, ranking, std::max<Index>(1, settings.sizes.users / 10)) && right;
  }
  if (!right) {
    fmt::print(stderr, "blend_bench: wrong answer\n");
    return 1;
  }
  return 0;
}
