#include "monet/serve/added_items.h"

#include "monet/core/error.h"
#include "monet/serve/loaded.h"

#include <bit>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::serve {

namespace {

/// FNV-1a. Who wants two features to look the same harms only the own catalogue.
class Fingerprint {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  void add(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) add_byte(static_cast<unsigned char>(bits >> shift));
  }
  std::uint64_t value() const { return hash_; }

 private:
  void add_byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3U; }
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

std::uint64_t hash_of(const store::Item& item) {
  Fingerprint print;
  print.add(item.title);
  for (const auto& [name, values] : item.features) {
    print.add(name);
    for (const float value : values) print.add(value);
  }
  return print.value();
}

bool is_trained(const recommend::Recommender& recommender, const std::string& id) {
  return recommender.artifact().items().find(id).has_value();
}

}  // namespace

recommend::Recommender AddedItems::put(const recommend::Recommender& recommender, std::span<const store::Item> items) {
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
    if (item.features.empty() || is_gone(item)) {
      if (known != hashes_.end()) removed.push_back(item.id);
      continue;
    }
    const std::uint64_t hash = hash_of(item);
    if (known != hashes_.end() && known->second == hash) continue;
    added.push_back({item.id, item.title, item.features});
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

std::string not_recommended(const recommend::Recommender& recommender, const store::Item& item) {
  if (is_gone(item)) return "it was deleted";
  if (item.hidden) return "it is hidden";
  if (recommender.items().find(item.id)) return {};
  try {
    return recommender.why_not(item.features);
  } catch (const InvalidArgument& wrong) {
    return wrong.what();
  }
}

}  // namespace monet::serve
