#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/matrix.h"
#include "monet/dist/communicator.h"
#include "monet/eval/evaluator.h"
#include "monet/scoring/scoring.h"
#include "monet/sharded/shard.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace monet::sharded {

/// A model whose rows are spread, for ranking: each process ranks its own users among all items. Where the items' table
/// fits, every process gathers it. Where not, each has the rows of its users' histories, and the processes' items come
/// by block after block.
class SpreadScoring {
 public:
  /// `own`: embeddings of own users and own items; it and `shard` must outlive this. `most_bytes`: of a table of all
  /// items, in each process. Collective.
  SpreadScoring(dist::Communicator& world, autograd::Tape& tape, const Shard& shard, const scoring::Scoring& own,
                std::size_t most_bytes);
  /// A quarter of what each process may still take.
  static std::size_t fitting_bytes();

  bool is_whole() const { return whole_; }
  /// [I]: training interactions of every item.
  std::span<const float> popularity() const { return popularity_; }
  /// The metrics of accuracy over the users of all processes, `prior` [I] (or empty) being added to every score.
  /// Collective. Throws DataError when no user of any process has a target.
  eval::Evaluation evaluate(ThreadPool& pool, std::span<const float> prior, const Csr& targets,
                            const std::vector<Index>& ks) const;

 private:
  eval::Evaluation evaluate_blocks(ThreadPool& pool, std::span<const float> prior, const Csr& targets,
                                   const std::vector<Index>& ks) const;

  dist::Communicator& world_;
  const Shard& shard_;
  const scoring::Scoring& own_;
  bool whole_;
  std::vector<float> popularity_;
  Matrix<float> items_;  // all, or of the histories
  std::vector<std::int32_t> touched_;
};

}  // namespace monet::sharded
