#pragma once

#include "monet/describe/item_describer.h"
#include "monet/recommend/recommender.h"
#include "monet/store/item.h"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace monet::serve {

/// Items of a store that the artifact does not have and that have features: which of them a recommender holds behind
/// its own, and of which features. Not for several threads at once.
class AddedItems {
 public:
  /// `recommender`, which holds what this knows, with what the store says of some items now, as `describer` describes
  /// them. Whatever cannot be added is left out (`not_recommended` says why), also where it was there before.
  recommend::Recommender put(const recommend::Recommender& recommender, const describe::ItemDescriber& describer,
                             std::span<const store::Item> items);
  /// The same with none but those of `kept`.
  recommend::Recommender keep(const recommend::Recommender& recommender, const std::unordered_set<std::string>& kept);
  bool contains(const std::string& id) const { return hashes_.contains(id); }
  std::size_t size() const { return hashes_.size(); }

 private:
  std::unordered_map<std::string, std::uint64_t> hashes_;  // of title and features, by id
};

/// Why an item is in no list, in one line; empty where it is recommended when the rules of an ask allow it.
std::string not_recommended(const recommend::Recommender& recommender, const describe::ItemDescriber& describer,
                            const store::Item& item);

}  // namespace monet::serve
