#include "monet/serve/added_items.h"

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/serve/loaded.h"

#include <utility>
#include <vector>

namespace monet::serve {

namespace {

std::uint64_t hash_of(const std::string& title, const store::Features& features) {
  files::Hasher hasher;
  hasher.add_text(title);
  for (const auto& [name, values] : features) {
    hasher.add_text(name);
    hasher.add_values(std::span<const float>(values));
  }
  return hasher.value();
}

bool is_trained(const recommend::Recommender& recommender, const std::string& id) {
  return recommender.artifact().items().find(id).has_value();
}

}  // namespace

recommend::Recommender AddedItems::put(const recommend::Recommender& recommender,
                                       const describe::ItemDescriber& describer, std::span<const store::Item> items) {
  // The last of the same id holds, as in the store.
  std::unordered_map<std::string, const store::Item*> latest;
  for (const store::Item& item : items) {
    if (!is_trained(recommender, item.id)) latest[item.id] = &item;
  }
  std::vector<recommend::NewItem> added;
  std::vector<std::uint64_t> hashes;
  std::vector<std::string> removed;
  for (const store::Item& item : items) {
    const auto found = latest.find(item.id);
    if (found == latest.end() || found->second != &item) continue;
    const auto known = hashes_.find(item.id);
    store::Features features = is_gone(item) ? store::Features() : describer.features_of(item);
    if (features.empty()) {
      if (known != hashes_.end()) removed.push_back(item.id);
      continue;
    }
    const std::uint64_t hash = hash_of(item.title, features);
    if (known != hashes_.end() && known->second == hash) continue;
    added.push_back({item.id, item.title, std::move(features)});
    hashes.push_back(hash);
  }
  if (added.empty() && removed.empty()) return recommender;
  std::vector<std::string> wrong;
  for (const recommend::NewItem& item : added) {
    if (hashes_.contains(item.id)) removed.push_back(item.id);
  }
  recommend::Recommender next = recommender.with_items(added, removed, &wrong);
  for (const std::string& id : removed) hashes_.erase(id);
  for (std::size_t i = 0; i < added.size(); ++i) {
    if (wrong[i].empty()) hashes_[added[i].id] = hashes[i];
  }
  return next;
}

recommend::Recommender AddedItems::keep(const recommend::Recommender& recommender,
                                        const std::unordered_set<std::string>& kept) {
  std::vector<std::string> removed;
  for (const auto& [id, hash] : hashes_) {
    if (!kept.contains(id)) removed.push_back(id);
  }
  if (removed.empty()) return recommender;
  for (const std::string& id : removed) hashes_.erase(id);
  return recommender.with_items({}, removed);
}

std::string not_recommended(const recommend::Recommender& recommender, const describe::ItemDescriber& describer,
                            const store::Item& item) {
  if (is_gone(item)) return "it was deleted";
  if (item.hidden) return "it is hidden";
  if (recommender.items().find(item.id)) return {};
  try {
    return recommender.why_not(describer.features_of(item));
  } catch (const InvalidArgument& wrong) {
    return wrong.what();
  }
}

}  // namespace monet::serve
