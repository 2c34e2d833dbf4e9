#include "monet/serve/shelf.h"

#include <algorithm>
#include <limits>

namespace monet::serve {

Shelf::Shelf(std::size_t items)
    : categories_(items), prices_(items, std::numeric_limits<double>::quiet_NaN()), pictures_(items, false) {}

void Shelf::grow(std::size_t items) {
  if (items <= size()) return;
  categories_.resize(items);
  prices_.resize(items, std::numeric_limits<double>::quiet_NaN());
  pictures_.resize(items, false);
}

void Shelf::put(std::int32_t row, const ShelfItem& item) {
  std::vector<std::int32_t>& own = categories_[index(row)];
  own.clear();
  for (const std::string& name : item.categories) {
    const auto [found, added] = numbers_.try_emplace(name, static_cast<std::int32_t>(names_.size()));
    if (added) names_.push_back(name);
    if (std::find(own.begin(), own.end(), found->second) == own.end()) own.push_back(found->second);
  }
  prices_[index(row)] = item.price.value_or(std::numeric_limits<double>::quiet_NaN());
  pictures_[index(row)] = item.picture;
  if (item.title.empty()) {
    titles_.erase(row);
  } else {
    titles_[row] = item.title;
  }
  if (item.available) {
    unavailable_.erase(row);
  } else {
    unavailable_.insert(row);
  }
  if (item.hidden) {
    hidden_.insert(row);
  } else {
    hidden_.erase(row);
  }
}

const std::string* Shelf::title(std::int32_t row) const {
  const auto found = titles_.find(row);
  return found == titles_.end() ? nullptr : &found->second;
}

std::optional<std::int32_t> Shelf::category(const std::string& name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace monet::serve
