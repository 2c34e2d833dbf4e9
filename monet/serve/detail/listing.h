#pragma once

#include "monet/core/thread_pool.h"
#include "monet/serve/detail/task.h"
#include "monet/serve/rules.h"

#include <span>
#include <vector>

namespace monet::serve::detail {

/// Ranks a batch of tasks with the same β and `exact`, and completes their answers.
void rank(ThreadPool& pool, const Loaded& loaded, const Live& live, std::span<Task* const> tasks);

/// The answer of a task from what was ranked for it, best first: rules on the list, reasons, what is pinned.
void complete(ThreadPool& pool, const Loaded& loaded, const Task& task, std::vector<Candidate> ranked);

}  // namespace monet::serve::detail
