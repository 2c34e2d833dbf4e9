#include "bench/rank_problem.h"

#include "monet/core/rng.h"

#include <cmath>
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

std::vector<scoring::Query> RankProblem::queries() const {
  std::vector<scoring::Query> queries;
  for (Index u = 0; u < history.rows(); ++u) {
    queries.push_back(scoring::known_user(scoring(), static_cast<std::int32_t>(u)));
  }
  return queries;
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
