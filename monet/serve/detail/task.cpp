#include "monet/serve/detail/task.h"

#include "monet/core/error.h"
#include "monet/serve/rules.h"

#include <algorithm>
#include <iterator>
#include <shared_mutex>
#include <span>
#include <utility>

namespace monet::serve::detail {

namespace {

constexpr Index kFewest = 100;  // candidates that rules choose from, or kSpare for each place of the list

/// Ascending rows, without those of items that came after this recommender.
void cut(std::vector<std::int32_t>& rows, const Loaded& loaded) {
  const auto end = static_cast<std::int32_t>(loaded.items().size());
  rows.erase(std::lower_bound(rows.begin(), rows.end(), end), rows.end());
}

std::vector<std::int32_t> sorted(std::vector<std::int32_t> rows) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

/// Rows of ids, in their order; others are noted.
std::vector<std::int32_t> rows_of(const Loaded& loaded, std::span<const std::string> ids, Answer& answer) {
  std::vector<std::int32_t> rows;
  for (const std::string& id : ids) {
    if (const std::optional<std::int32_t> row = loaded.items().find(id)) {
      rows.push_back(*row);
    } else if (std::find(answer.ignored.begin(), answer.ignored.end(), id) == answer.ignored.end()) {
      answer.ignored.push_back(id);
    }
  }
  return rows;
}

void set_history(const Loaded& loaded, const Live& live, Task& task) {
  const Ask& ask = *task.ask;
  const artifact::Artifact& artifact = loaded.recommender.artifact();
  std::span<const std::int32_t> trained;
  if (ask.user) {
    if (const std::optional<std::int32_t> row = loaded.users().find(*ask.user)) {
      task.who.id = ask.user;
      trained = artifact.scoring().history.row(*row);
    }
  }
  std::vector<std::int32_t> fresh;
  if (ask.user) {
    // What the store knows and the artifact does not is no fault of this request.
    for (const std::string& item : live.items_of(*ask.user)) {
      if (const std::optional<std::int32_t> row = loaded.items().find(item)) fresh.push_back(*row);
    }
  }
  for (const std::int32_t row : rows_of(loaded, ask.history, *task.answer)) fresh.push_back(row);
  std::vector<std::int32_t> added;
  const std::vector<std::int32_t> unique = sorted(std::move(fresh));
  std::set_difference(unique.begin(), unique.end(), trained.begin(), trained.end(), std::back_inserter(added));
  if (loaded.recommender.takes_history()) {
    for (const std::int32_t row : added) task.who.history.push_back(loaded.items().id(row));
    task.answer->fresh = static_cast<Index>(added.size());
  } else if (!ask.rules.seen) {
    // The model learns nothing of them, but they are not recommended again.
    task.exclude.insert(task.exclude.end(), added.begin(), added.end());
  }
  task.answer->history = static_cast<Index>(trained.size()) + task.answer->fresh;
  if (trained.empty() && task.who.history.empty()) task.who.id.reset();
}

void set_rules(const Loaded& loaded, Task& task) {
  const Rules& rules = task.ask->rules;
  const std::vector<std::int32_t> never = rows_of(loaded, rules.exclude, *task.answer);
  task.exclude.insert(task.exclude.end(), never.begin(), never.end());
  const std::shared_lock lock(loaded.shelf_mutex);
  for (const std::int32_t row : rows_of(loaded, rules.pinned, *task.answer)) {
    const bool twice = std::find(task.pinned.begin(), task.pinned.end(), row) != task.pinned.end();
    if (!loaded.shelf.hidden(row) && !twice && static_cast<Index>(task.pinned.size()) < task.ask->k) {
      task.pinned.push_back(row);
    }
  }
  task.exclude.insert(task.exclude.end(), task.pinned.begin(), task.pinned.end());
  std::vector<std::int32_t> hidden = withheld(loaded.shelf, rules);
  cut(hidden, loaded);
  task.exclude.insert(task.exclude.end(), hidden.begin(), hidden.end());
  task.exclude = sorted(std::move(task.exclude));
  task.only = candidates_of(loaded.shelf, rules);
  if (task.only) cut(*task.only, loaded);
  if (rules.only) {
    std::vector<std::int32_t> named = sorted(rows_of(loaded, *rules.only, *task.answer));
    if (task.only) {
      std::vector<std::int32_t> both;
      std::set_intersection(named.begin(), named.end(), task.only->begin(), task.only->end(), std::back_inserter(both));
      named = std::move(both);
    }
    task.only = std::move(named);
  }
}

}  // namespace

Task task_of(const Loaded& loaded, const Live& live, const EngineOptions& options, const Ask& ask, Answer& answer) {
  if (ask.k < 1 || ask.k > options.most_listed) {
    fail<InvalidArgument>("`k` is {}, must lie in [1, {}]", ask.k, options.most_listed);
  }
  if (ask.history.size() > options.most_history) {
    fail<InvalidArgument>("`history` holds {} items, at most {} may be posted", ask.history.size(),
                          options.most_history);
  }
  if (ask.beta && !loaded.recommender.has_beta()) {
    fail<InvalidArgument>("`beta` has no meaning for the model {}: its scores are not target-aware",
                          loaded.recommender.artifact().config().model);
  }
  if (ask.beta && !(*ask.beta >= 0.0F && *ask.beta <= 1.0F)) {
    fail<InvalidArgument>("`beta` is {}, must lie in [0, 1]", *ask.beta);
  }
  check(ask.rules);
  Task task;
  task.ask = &ask;
  task.answer = &answer;
  set_history(loaded, live, task);
  set_rules(loaded, task);
  task.who.repeat = ask.rules.seen;
  task.wanted = ask.k - static_cast<Index>(task.pinned.size());
  task.asked_for = task.chooses() ? std::max(kSpare * task.wanted, kFewest) : task.wanted;
  return task;
}

}  // namespace monet::serve::detail
