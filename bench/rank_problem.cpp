#include "bench/rank_problem.h"

#include "monet/core/rng.h"
#include "monet/rank/scores.h"
#include "monet/scoring/items.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

namespace monet::bench {

namespace {

Matrix<float> random_matrix(Rng& rng, Index rows, Index cols, double scale) {
  Matrix<float> m(rows, cols);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(scale * rng.normal());
  return m;
}

}  // namespace

scoring::Scoring RankProblem::scoring() const {
  return {scoring::ScoreKind::target_aware, 0.3F, user_embedding, item_embedding, history, popularity, {}, {}};
}

std::vector<scoring::Query> queries_of(const scoring::Scoring& scoring) {
  std::vector<scoring::Query> queries;
  for (Index u = 0; u < scoring.history.rows; ++u) {
    queries.push_back(scoring::known_user(scoring, static_cast<std::int32_t>(u)));
  }
  return queries;
}

bool answer_is_right(const scoring::Scoring& scoring, const rank::Ranking& ranking, Index stride) {
  const scoring::Items model(scoring);
  std::vector<std::int32_t> items(scoring.item_popularity.size());
  std::iota(items.begin(), items.end(), 0);
  std::vector<double> scores(items.size());
  double largest = 0.0;
  double error = 0.0;
  bool lists_agree = true;
  for (Index u = 0; u < scoring.history.rows; u += stride) {
    rank::score_items(model, scoring::known_user(scoring, static_cast<std::int32_t>(u)), items, scores);
    for (const std::int32_t item : scoring.history.row(u)) scores[static_cast<std::size_t>(item)] = -1e300;
    std::vector<double> best = scores;
    const auto row = ranking.row(u);
    std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(row.size()), best.end(),
                      std::greater<>());
    for (std::size_t r = 0; r < row.size(); ++r) {
      const double exact = scores[static_cast<std::size_t>(row[r])];
      largest = std::max(largest, std::abs(best[r]));
      error = std::max(error, std::abs(exact - static_cast<double>(ranking.scores(u, static_cast<Index>(r)))));
      lists_agree = lists_agree && std::abs(exact - best[r]) <= 1e-5 * largest;
    }
  }
  fmt::print("largest error of a score {:.2e}, of scores up to {:.3g}\n", error, largest);
  return lists_agree && error <= 1e-5 * largest;
}

RankProblem make_problem(const RankSizes& sizes) {
  Rng rng(7);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index u = 0; u < sizes.users; ++u) {
    const double r = rng.uniform();
    const Index light = r < 0.38 ? 1 : r < 0.71 ? 2 : 3;
    const Index degree = u % (sizes.users / sizes.heavy_users) == 7 ? sizes.heavy_degree : light;
    for (Index n = 0; n < degree; ++n) {
      const double x = rng.uniform();
      pairs.emplace_back(static_cast<std::int32_t>(u),
                         static_cast<std::int32_t>(x * std::sqrt(x) * static_cast<double>(sizes.items)));
    }
  }
  RankProblem problem{random_matrix(rng, sizes.users, sizes.dim, 0.3), random_matrix(rng, sizes.items, sizes.dim, 0.2),
                      Csr::from_pairs(sizes.users, sizes.items, pairs),
                      std::vector<float>(static_cast<std::size_t>(sizes.items), 0.0F)};
  for (const std::int32_t item : problem.history.indices()) problem.popularity[static_cast<std::size_t>(item)] += 1.0F;
  return problem;
}

}  // namespace monet::bench
