#pragma once

#include "monet/core/csr.h"
#include "monet/core/matrix.h"
#include "monet/scoring/query.h"
#include "monet/scoring/scoring.h"

#include <cstdint>
#include <vector>

namespace monet::bench {

/// Sizes of a problem shaped like TikTok: 59,541 training interactions, of which 103 users hold 42,009.
struct RankSizes {
  Index users = 9308;
  Index items = 6710;
  Index dim = 128;
  Index heavy_users = 103;
  Index heavy_degree = 408;

  static RankSizes small() {
    RankSizes sizes;
    sizes.users = 930;
    sizes.items = 1300;
    sizes.heavy_users = 10;
    return sizes;
  }
};

/// A model of random embeddings.
struct RankProblem {
  Matrix<float> user_embedding;
  Matrix<float> item_embedding;
  Csr history;
  std::vector<float> popularity;

  scoring::Scoring scoring() const;
  std::vector<scoring::Query> queries() const;
};

/// Light users have 1 (38 %), 2 (33 %) or 3 items, as on TikTok; popular items are drawn more often.
RankProblem make_problem(const RankSizes& sizes);

}  // namespace monet::bench
