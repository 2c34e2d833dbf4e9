#pragma once

#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/experiments/avg_diff.h"
#include "monet/experiments/comparison.h"
#include "monet/experiments/paper/observations.h"
#include "monet/experiments/paper/plan.h"
#include "monet/experiments/sharing/share.h"

#include <atomic>
#include <functional>

namespace monet::experiments::paper {

/// Why methods that the plan asks for are not run on a dataset, by planned label; the others are run. `selection` is
/// the dataset's own (plan.h: on).
using Problems = std::map<std::string, std::string, std::less<>>;
Problems find_problems(const DatasetInfo& dataset, const Selection& selection);

/// Accuracy of every planned method from the runs of a comparison so far: test metrics by seed, and each user's
/// recall@20 averaged over the seeds; with a remark where fewer than `seeds` are done or a limit cut some off. Throws
/// IoError or DataError for per-user metrics that cannot be read or are of other users.
void gather_accuracy(const Comparison& comparison, const Selection& selection, std::size_t seeds,
                     DatasetObservations& observations);

/// avg.diff of the runs whose tables and figures show it, from the artifacts they left. What was computed is kept in
/// `avg_diff.json` of a run's folder and not computed again. Exact for up to kExactItems items, otherwise from
/// kSampledPairs pairs, the same for every artifact. Those who share the directory (`share`, or null) compute each
/// once. `load` is called at most once, when features are wanted. Throws Interrupted between artifacts, DataError for a
/// damaged artifact.
void gather_differences(ThreadPool& pool, const Comparison& comparison, const Selection& selection,
                        const std::function<data::Dataset()>& load, const std::atomic<bool>& should_stop,
                        sharing::Share* share, DatasetObservations& observations);
inline constexpr Index kExactItems = 4096;
inline constexpr Index kSampledPairs = 200'000;

}  // namespace monet::experiments::paper
