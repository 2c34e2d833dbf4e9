#include "monet/retrain/comparison.h"

#include "monet/core/error.h"
#include "monet/eval/significance.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

namespace monet::retrain {

namespace {

/// The user to an artifact, before her held-out item.
recommend::User asked(const recommend::Recommender& recommender, const data::Dataset& dataset, std::int32_t user) {
  const artifact::Artifact& artifact = recommender.artifact();
  recommend::User who;
  std::span<const std::int32_t> trained;
  if (const auto row = artifact.users().find(dataset.user_ids[static_cast<std::size_t>(user)])) {
    trained = artifact.scoring().history.row(*row);
    who.id = dataset.user_ids[static_cast<std::size_t>(user)];
  }
  for (const std::int32_t item : dataset.train.row(user)) {
    const std::string& id = dataset.item_ids[static_cast<std::size_t>(item)];
    const auto row = artifact.items().find(id);
    if (!row || std::binary_search(trained.begin(), trained.end(), *row)) continue;
    // A model that cannot take more history does not recommend it all the same.
    (recommender.takes_history() ? who.history : who.exclude).push_back(id);
  }
  if (trained.empty() && who.history.empty()) who.id.reset();
  return who;
}

/// 1 for each user whose held-out item is in her list.
std::vector<double> hits(ThreadPool& pool, const recommend::Recommender& recommender, const data::Dataset& dataset,
                         std::span<const std::pair<std::int32_t, std::int32_t>> held_out, Index k) {
  std::vector<recommend::User> users;
  for (const auto& [user, item] : held_out) users.push_back(asked(recommender, dataset, user));
  const std::vector<recommend::Recommendations> lists = recommender.recommend(pool, users, {.k = k});
  std::vector<double> found;
  for (std::size_t u = 0; u < held_out.size(); ++u) {
    const std::string& wanted = dataset.item_ids[static_cast<std::size_t>(held_out[u].second)];
    const auto& items = lists[u].items;
    const bool hit = std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.item == wanted; });
    found.push_back(hit ? 1.0 : 0.0);
  }
  return found;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Whether an artifact was trained on a pair.
bool was_trained_on(const artifact::Artifact& artifact, const std::string& user, const std::string& item) {
  const auto user_row = artifact.users().find(user);
  const auto item_row = artifact.items().find(item);
  if (!user_row || !item_row) return false;
  const auto trained = artifact.scoring().history.row(*user_row);
  return std::binary_search(trained.begin(), trained.end(), *item_row);
}

}  // namespace

Comparison compare(ThreadPool& pool, const recommend::Recommender& in_use, const recommend::Recommender& candidate,
                   const Grown& grown, Index k) {
  const data::Dataset& dataset = grown.dataset;
  std::vector<std::pair<std::int32_t, std::int32_t>> held_out;
  for (const auto& [user, item] : grown.test) {
    if (!was_trained_on(in_use.artifact(), dataset.user_ids[static_cast<std::size_t>(user)],
                        dataset.item_ids[static_cast<std::size_t>(item)])) {
      held_out.emplace_back(user, item);
    }
  }
  if (held_out.empty()) {
    fail<DataError>(
        "no user has an event to hold out, so that the models cannot be compared: record more events first");
  }
  const std::vector<double> before = hits(pool, in_use, dataset, held_out, k);
  const std::vector<double> after = hits(pool, candidate, dataset, held_out, k);
  return {k, static_cast<Index>(held_out.size()), mean(before), mean(after),
          eval::paired_difference(after, before).standard_error};
}

}  // namespace monet::retrain
