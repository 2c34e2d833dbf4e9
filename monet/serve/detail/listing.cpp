#include "monet/serve/detail/listing.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>

namespace monet::serve::detail {

namespace {

constexpr std::int32_t kNone = -1;

std::vector<Candidate> candidates_of(const Loaded& loaded, std::span<const recommend::ScoredItem> items) {
  std::vector<Candidate> candidates;
  for (const recommend::ScoredItem& item : items) {
    candidates.push_back({loaded.items().find(item.item).value_or(kNone), static_cast<double>(item.score)});
  }
  return candidates;
}

/// The rules on what was ranked.
std::vector<Candidate> chosen(const Loaded& loaded, const Task& task, std::vector<Candidate> ranked) {
  const Rules& rules = task.ask->rules;
  if (rules.diversity > 0.0) {
    const auto all = static_cast<Index>(ranked.size());
    ranked = diversified(ranked, rules.diversity, rules.most_per_category > 0 ? all : task.wanted,
                         [&](std::int32_t a, std::int32_t b) { return loaded.recommender.cosine(a, b); });
  }
  if (rules.most_per_category > 0) {
    const std::shared_lock lock(loaded.shelf_mutex);
    ranked = limited_per_category(loaded.shelf, ranked, rules.most_per_category);
  }
  if (static_cast<Index>(ranked.size()) > task.wanted) ranked.resize(static_cast<std::size_t>(task.wanted));
  return ranked;
}

/// What was touched lately and may be listed, the most often first.
std::vector<Candidate> recent_candidates(const Loaded& loaded, const Live& live, const Task& task) {
  std::vector<Candidate> candidates;
  const auto recent = live.recent(std::time(nullptr));
  for (const Touched& touched : *recent) {
    const std::optional<std::int32_t> row = loaded.items().find(touched.item);
    if (!row || std::binary_search(task.exclude.begin(), task.exclude.end(), *row)) continue;
    if (task.only && !std::binary_search(task.only->begin(), task.only->end(), *row)) continue;
    candidates.push_back({*row, static_cast<double>(touched.times)});
    if (static_cast<Index>(candidates.size()) == task.asked_for) break;
  }
  return candidates;
}

recommend::ScoredItem named(const Loaded& loaded, const Candidate& candidate) {
  return {loaded.items().id(candidate.row), std::string(loaded.items().title(candidate.row)),
          static_cast<float>(candidate.score), std::nullopt};
}

/// Reasons for the items of a list. They keep their order.
void explain(ThreadPool& pool, const Loaded& loaded, const Task& task, std::vector<recommend::ScoredItem>& items) {
  std::vector<std::string> ids;
  for (const recommend::ScoredItem& item : items) ids.push_back(item.item);
  recommend::Options options;
  options.explain = true;
  options.max_drivers = task.ask->max_drivers;
  options.beta = task.ask->beta;
  std::vector<recommend::Recommendations> ranked =
      loaded.recommender.rank_candidates(pool, {&task.who, 1}, {&ids, 1}, options);
  for (recommend::ScoredItem& why : ranked.front().items) {
    const auto found = std::find(ids.begin(), ids.end(), why.item);
    items[static_cast<std::size_t>(found - ids.begin())].explanation = std::move(why.explanation);
  }
}

}  // namespace

void complete(ThreadPool& pool, const Loaded& loaded, const Task& task, std::vector<Candidate> ranked) {
  std::vector<recommend::ScoredItem> items;
  for (const Candidate& candidate : chosen(loaded, task, std::move(ranked))) items.push_back(named(loaded, candidate));
  if (task.ask->explain && !items.empty() && task.answer->source == Source::model) explain(pool, loaded, task, items);
  for (const std::int32_t row : task.pinned) {
    task.answer->items.push_back(suggestion(loaded, named(loaded, {row, 0.0})));
    task.answer->items.back().pinned = true;
  }
  for (recommend::ScoredItem& item : items) task.answer->items.push_back(suggestion(loaded, std::move(item)));
}

void rank(ThreadPool& pool, const Loaded& loaded, const Live& live, std::span<Task* const> tasks) {
  std::vector<recommend::User> users;
  recommend::Options options;
  options.k = 1;
  options.beta = tasks.front()->ask->beta;
  options.exact = tasks.front()->ask->exact;
  options.index = loaded.index();
  for (Task* task : tasks) {
    users.push_back(task->who);
    options.k = std::max(options.k, task->asked_for);
  }
  const std::vector<recommend::Recommendations> ranked = loaded.recommender.recommend(pool, users, options);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    Task& task = *tasks[t];
    task.answer->exactness = ranked[t].exactness;
    std::vector<Candidate> candidates = candidates_of(loaded, ranked[t].items);
    const auto all_ranked = static_cast<Index>(candidates.size()) < options.k;
    if (task.popular()) {
      std::vector<Candidate> recent = recent_candidates(loaded, live, task);
      task.answer->source = recent.empty() ? Source::popularity : Source::recent;
      for (const Candidate& candidate : candidates) {
        const auto same = [&](const Candidate& other) { return other.row == candidate.row; };
        if (std::none_of(recent.begin(), recent.end(), same)) recent.push_back({candidate.row, 0.0});
      }
      if (task.answer->source == Source::recent) candidates = std::move(recent);
    }
    // Categories may be full before the list is: then more is ranked, until everything was.
    if (task.ask->rules.most_per_category > 0 && !all_ranked &&
        static_cast<Index>(chosen(loaded, task, candidates).size()) < task.wanted) {
      task.asked_for = options.k * kSpare;
      Task* again = &task;
      rank(pool, loaded, live, {&again, 1});
      continue;
    }
    complete(pool, loaded, task, std::move(candidates));
  }
}

}  // namespace monet::serve::detail
