#pragma once

#include "monet/core/csr.h"
#include "monet/core/matrix.h"
#include "monet/rank/rank.h"
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
};

/// Light users have 1 (38 %), 2 (33 %) or 3 items, as on TikTok; popular items are drawn more often.
RankProblem make_problem(const RankSizes& sizes);

/// Every user of the model.
std::vector<scoring::Query> queries_of(const scoring::Scoring& scoring);

/// Whether the lists of every `stride`-th user are those of the float64 reference, up to near-ties: each place and each
/// score within 1e-5 of the largest score. Prints the largest error of a score.
bool answer_is_right(const scoring::Scoring& scoring, const rank::Ranking& ranking, Index stride);

}  // namespace monet::bench
