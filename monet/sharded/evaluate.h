#pragma once

#include "monet/core/thread_pool.h"
#include "monet/dist/communicator.h"
#include "monet/eval/evaluator.h"
#include "monet/scoring/scoring.h"
#include "monet/sharded/shard.h"

#include <cstdint>

namespace monet::sharded {

/// Evaluations of the own users of every process as one of all users: metrics of accuracy are plain means, numbers
/// sums. Throws DataError when no user of any process was evaluated. Collective.
eval::Evaluation reduced(dist::Communicator& world, const eval::Evaluation& own);

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
