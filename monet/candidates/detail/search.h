#pragma once

#include "monet/candidates/cell_index.h"
#include "monet/candidates/detail/query_vectors.h"
#include "monet/rank/rank.h"
#include "monet/scoring/items.h"
#include "monet/scoring/query.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace monet::candidates::detail {

/// Which items may be listed: none of `blocked`, and only those of `only`. Both ascend.
class Allowed {
 public:
  Allowed(Index items, std::vector<std::int32_t> blocked, std::optional<std::span<const std::int32_t>> only);
  bool operator()(std::int32_t item) const;

 private:
  std::vector<std::int32_t> blocked_;
  std::vector<bool> only_;  // [I], or empty: all
};

/// The search of one query.
class Search {
 public:
  Search(const CellIndex& index, const scoring::Items& items, const scoring::Query& query, const Allowed& allowed,
         Index k);

  /// Looks at codes, the most promising cells first, until nothing else can be among the k best or `most_items` were
  /// looked at, and ranks what is left. False: the bounds leave so much that scoring everything costs less.
  bool run(Index most_items);

  const rank::Ranking& ranking() const { return best_; }  // of one query
  bool proved() const { return proved_; }
  Index looked_at() const { return looked_at_; }

 private:
  /// An item that its codes do not rule out.
  struct Candidate {
    float upper = 0.0F;
    std::int32_t item = 0;
  };
  void scan(Index cell);
  void take(Index block, const float* upper, const float* lower);
  void refine(bool all);
  void score(std::span<const Candidate> chunk);

  const CellIndex& index_;
  const scoring::Items& items_;
  scoring::Query query_;
  const Allowed& allowed_;
  Index k_;
  QueryVectors vectors_;
  std::vector<Candidate> candidates_;
  std::vector<float> lowers_;  // a heap of the k largest lower bounds, the smallest on top
  float least_;                // an upper bound below it rules an item out
  rank::Ranking best_;         // of those scored so far
  std::size_t refine_at_;
  Index scored_ = 0;
  Index looked_at_ = 0;
  bool proved_ = false;
};

}  // namespace monet::candidates::detail
