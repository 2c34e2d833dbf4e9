#include "monet/sharded/evaluate.h"

#include "monet/core/error.h"
#include "monet/dist/collectives.h"
#include "monet/train/plan.h"

#include <algorithm>
#include <utility>

namespace monet::sharded {

eval::Evaluation evaluate(dist::Communicator& world, ThreadPool& pool, const scoring::Scoring& scoring, CsrView targets,
                          const eval::EvaluateOptions& options) {
  return reduced(world, targets.nnz() > 0 ? eval::evaluate(pool, scoring, targets, options) : eval::Evaluation());
}

eval::Evaluation reduced(dist::Communicator& world, const eval::Evaluation& own) {
  const Index users = dist::all_reduced(world, own.num_users);
  if (users == 0) fail<DataError>("[evaluate] no user has an item in this split");
  // Whoever has users knows the names.
  const int speaker = dist::all_reduced(world, own.num_users > 0 ? world.rank() : world.size(), dist::Reduction::least);
  std::string names;
  for (const auto& [name, value] : own.metrics) names += name + "\n";
  dist::broadcast(world, names, speaker);
  std::vector<double> sums;
  std::vector<std::string> keys;
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = names.find('\n', begin);
    keys.push_back(names.substr(begin, end - begin));
    const auto found = own.metrics.find(keys.back());
    const bool is_auc = keys.back() == "auc";
    const double count = static_cast<double>(is_auc ? own.num_auc : own.num_users);
    sums.push_back(found == own.metrics.end() ? 0.0 : found->second * count);
    begin = end + 1;
  }
  dist::all_reduce(world, std::span(sums));
  const Index with_auc = dist::all_reduced(world, own.num_auc);
  eval::Evaluation all;
  all.num_users = users;
  all.num_popular = dist::all_reduced(world, own.num_popular);
  all.num_auc = with_auc;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    all.metrics[keys[k]] = sums[k] / static_cast<double>(keys[k] == "auc" ? with_auc : users);
  }
  return all;
}

Csr among_all_users(const Shard& shard, int process, const Csr& targets) {
  const dist::Share own = shard.partition.users.of(process);
  std::vector<Index> indptr(static_cast<std::size_t>(own.begin), 0);
  indptr.insert(indptr.end(), targets.indptr().begin(), targets.indptr().end());
  indptr.resize(static_cast<std::size_t>(shard.num_users()) + 1, targets.nnz());
  return {shard.num_users(), targets.cols(), std::move(indptr), {targets.indices().begin(), targets.indices().end()}};
}

Csr validation_sample(dist::Communicator& world, const Shard& shard, Index count, std::uint64_t seed) {
  if (count == 0) return shard.validation;
  const dist::Share own = shard.partition.users.of(world.rank());
  std::vector<std::int32_t> mine;
  for (Index u = 0; u < shard.validation.rows(); ++u) {
    if (shard.validation.degree(u) > 0) mine.push_back(static_cast<std::int32_t>(own.begin + u));
  }
  // Which users are drawn depends on who has an item, not on what it is.
  std::vector<std::pair<std::int32_t, std::int32_t>> marks;
  for (const std::int32_t user : dist::all_gather(world, std::span<const std::int32_t>(mine)))
    marks.emplace_back(user, 0);
  const Csr drawn = train::validation_sample(Csr::from_pairs(shard.num_users(), 1, marks), count, seed);
  std::vector<Index> indptr{0};
  std::vector<std::int32_t> indices;
  for (Index u = 0; u < shard.validation.rows(); ++u) {
    if (drawn.degree(own.begin + u) > 0) {
      const auto row = shard.validation.row(u);
      indices.insert(indices.end(), row.begin(), row.end());
    }
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  return {shard.validation.rows(), shard.validation.cols(), std::move(indptr), std::move(indices)};
}

}  // namespace monet::sharded
