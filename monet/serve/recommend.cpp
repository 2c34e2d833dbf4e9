#include "monet/core/error.h"
#include "monet/serve/detail/listing.h"
#include "monet/serve/detail/task.h"
#include "monet/serve/engine.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

namespace monet::serve {

namespace {
/// Puts the titles of today in the place of those that the artifact has. With `shelf_mutex` held.
void retitle(const Loaded& loaded, std::string_view item, std::string& title) {
  const std::optional<std::int32_t> row = loaded.items().find(item);
  const std::string* now = row ? loaded.shelf.title(*row) : nullptr;
  if (now != nullptr) title = *now;
}

void retitle(const Loaded& loaded, recommend::Explanation& explanation) {
  for (recommend::Driver& driver : explanation.drivers) retitle(loaded, driver.item, driver.title);
  for (recommend::BlendedPart& part : explanation.parts) retitle(loaded, part.because);
}
}  // namespace

Suggestion suggestion(const Loaded& loaded, recommend::ScoredItem item) {
  Suggestion result;
  result.scored = std::move(item);
  const std::optional<std::int32_t> row = loaded.items().find(result.scored.item);
  if (!row) return result;
  const std::shared_lock lock(loaded.shelf_mutex);
  retitle(loaded, result.scored.item, result.scored.title);
  if (result.scored.explanation) retitle(loaded, *result.scored.explanation);
  for (const std::int32_t category : loaded.shelf.categories(*row)) {
    result.categories.push_back(loaded.shelf.category_name(category));
  }
  if (const double price = loaded.shelf.price(*row); !std::isnan(price)) result.price = price;
  result.picture = loaded.shelf.has_picture(*row);
  return result;
}

std::vector<Answer> Engine::recommend(ThreadPool& pool, std::span<const Ask> asks) const {
  const std::shared_ptr<const Loaded> loaded = this->loaded();
  std::vector<Answer> answers(asks.size());
  std::vector<detail::Task> tasks(asks.size());  // their addresses stay: users view them
  std::map<std::pair<std::optional<float>, bool>, std::vector<detail::Task*>> batches;  // by β and `exact`
  for (std::size_t a = 0; a < asks.size(); ++a) {
    answers[a].loaded = loaded;
    try {
      tasks[a] = detail::task_of(*loaded, live_, options_, asks[a], answers[a]);
    } catch (const Error& error) {
      answers[a].refused = error.what();
      continue;
    }
    tasks[a].who.exclude_rows = tasks[a].exclude;
    if (tasks[a].only) tasks[a].who.only_rows = *tasks[a].only;
    if (tasks[a].wanted > 0) {
      batches[{asks[a].beta, asks[a].exact}].push_back(&tasks[a]);
    } else {
      detail::complete(pool, *loaded, tasks[a], {});
    }
  }
  for (const auto& [how, batch] : batches) detail::rank(pool, *loaded, live_, batch);
  for (const Answer& answer : answers) count(answer);
  return answers;
}

void Engine::count(const Answer& answer) const {
  if (!answer.refused.empty() || answer.source != Source::model) return;
  switch (answer.exactness) {
    case candidates::Exactness::scanned: ++lists_.scanned; break;
    case candidates::Exactness::proved: ++lists_.proved; break;
    case candidates::Exactness::unproved: ++lists_.unproved; break;
  }
}

std::vector<Neighbour> Engine::similar_users(ThreadPool& pool, const std::string& user, Index k) const {
  const std::shared_ptr<const Loaded> loaded = this->loaded();
  const std::optional<std::int32_t> row = loaded->users().find(user);
  if (!row) fail<DataError>("no user '{}' in the artifact", user);
  std::vector<Neighbour> users;
  const rank::Cosines* cosines = loaded->user_cosines();
  if (cosines == nullptr) return users;
  for (const rank::Neighbour& near : cosines->nearest(pool, *row, k)) {
    users.push_back({loaded->users().id(near.item), near.score});
  }
  return users;
}

Similar Engine::similar(ThreadPool& pool, const std::string& item, Index k, const std::string& by) const {
  if (k < 1 || k > options_.most_listed)
    fail<InvalidArgument>("`k` is {}, must lie in [1, {}]", k, options_.most_listed);
  Similar result;
  result.loaded = loaded();
  std::vector<std::int32_t> never;
  {
    const std::shared_lock lock(result.loaded->shelf_mutex);
    never = withheld(result.loaded->shelf, {});
  }
  const recommend::Recommender& recommender = result.loaded->recommender;
  const std::vector<std::string> known = recommender.similarities();
  if (by.empty() && known.empty()) {
    fail<DataError>("the model {} knows no similar items", recommender.artifact().config().model);
  }
  result.by = by.empty() ? known.front() : by;
  const auto most = std::min(k + static_cast<Index>(never.size()), static_cast<Index>(result.loaded->items().size()));
  std::vector<recommend::SimilarItems> similar = recommender.similar(pool, {&item, 1}, most, result.by);
  for (recommend::ScoredItem& near : similar.front().items) {
    const std::int32_t row = result.loaded->items().find(near.item).value_or(-1);
    if (std::binary_search(never.begin(), never.end(), row)) continue;
    result.items.push_back(suggestion(*result.loaded, std::move(near)));
    if (static_cast<Index>(result.items.size()) == k) break;
  }
  return result;
}

}  // namespace monet::serve
