#pragma once

#include "monet/core/matrix.h"
#include "monet/core/thread_pool.h"
#include "monet/dist/communicator.h"
#include "monet/eval/evaluator.h"
#include "monet/scoring/scoring.h"
#include "monet/sharded/shard.h"

#include <map>
#include <string>
#include <vector>

namespace monet::sharded {

/// What ranking needs of a model whose rows are spread: each process ranks its own users among all items, whose rows it
/// gathers. Views what it was made of and itself.
class WholeItems {
 public:
  /// `own`: embeddings of own users and own items. O(I D) memory and as many floats sent. Collective.
  WholeItems(dist::Communicator& world, const Shard& shard, const scoring::Scoring& own);

  const scoring::Scoring& scoring() const { return scoring_; }

 private:
  Matrix<float> items_;
  std::vector<float> popularity_;
  scoring::Scoring scoring_;
};

/// eval::evaluate of the own users of every process, together: metrics are plain means over all users, and numbers
/// those of all. Metrics beyond accuracy look at everybody's lists at once and are not among them. Throws DataError
/// when no user of any process has a target. Collective.
eval::Evaluation evaluate(dist::Communicator& world, ThreadPool& pool, const scoring::Scoring& scoring, CsrView targets,
                          const eval::EvaluateOptions& options);

/// `targets` [own users, I] as rows of all users [U, I], others being empty: for ranking with a scoring of all users.
Csr among_all_users(const Shard& shard, int process, const Csr& targets);

/// train::validation_sample of the rows of own users. Collective.
Csr validation_sample(dist::Communicator& world, const Shard& shard, Index count, std::uint64_t seed);

}  // namespace monet::sharded
