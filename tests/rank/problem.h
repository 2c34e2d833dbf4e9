#pragma once

#include "monet/core/csr.h"
#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"
#include "monet/scoring/scoring.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace monet::testing {

inline std::vector<scoring::Query> queries(const scoring::Scoring& scoring, const std::vector<std::int32_t>& users) {
  std::vector<scoring::Query> queries;
  for (const std::int32_t user : users) queries.push_back(scoring::known_user(scoring, user));
  return queries;
}

/// A random model and histories; rows are strided (wider memory than D), so that nothing relies on contiguous views.
struct Problem {
  Problem(Index users, Index items, Index dim, double scale, std::vector<Index> degrees, float beta = 0.3F,
          scoring::ScoreKind kind = scoring::ScoreKind::target_aware)
      : user_memory(users, dim + 3), item_memory(items, dim + 5), popularity(static_cast<std::size_t>(items), 0.0F) {
    Rng rng(11, static_cast<std::uint64_t>(users * 1000 + items));
    for (Matrix<float>* memory : {&user_memory, &item_memory}) {
      for (Index i = 0; i < memory->size(); ++i) memory->data()[i] = static_cast<float>(scale * rng.normal());
    }
    std::vector<std::int32_t> order(static_cast<std::size_t>(items));
    std::iota(order.begin(), order.end(), 0);
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    for (Index u = 0; u < users; ++u) {
      std::shuffle(order.begin(), order.end(), rng);
      const Index degree = std::min(items, degrees[static_cast<std::size_t>(u) % degrees.size()]);
      for (Index n = 0; n < degree; ++n)
        pairs.emplace_back(static_cast<std::int32_t>(u), order[static_cast<std::size_t>(n)]);
    }
    history = Csr::from_pairs(users, items, pairs);
    for (const std::int32_t item : history.indices()) popularity[static_cast<std::size_t>(item)] += 1.0F;
    scoring.kind = kind;
    scoring.beta = beta;
    scoring.user_embedding = user_memory.view().columns(1, dim);
    scoring.item_embedding = item_memory.view().columns(2, dim);
    scoring.history = history;
    scoring.item_popularity = popularity;
  }
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;

  std::vector<std::int32_t> all_users() const {
    std::vector<std::int32_t> users(static_cast<std::size_t>(history.rows()));
    std::iota(users.begin(), users.end(), 0);
    return users;
  }

  scoring::Items items() const { return scoring::Items(scoring); }
  std::vector<scoring::Query> queries(const std::vector<std::int32_t>& users) const {
    return testing::queries(scoring, users);
  }
  std::vector<scoring::Query> queries() const { return queries(all_users()); }

  Matrix<float> user_memory, item_memory;
  Csr history;
  std::vector<float> popularity;
  scoring::Scoring scoring;
};

inline std::vector<std::int32_t> iota(Index count) {
  std::vector<std::int32_t> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 0);
  return values;
}

}  // namespace monet::testing
