#pragma once

#include "monet/artifact/id_table.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace monet::serve {

/// What the shop says of an item and rules and lists must know.
struct ShelfItem {
  std::vector<std::string> categories;
  std::optional<double> price;
  bool available = true;
  bool hidden = false;
  bool picture = false;    // there is one to show
  std::string title = {};  // where it is another than the artifact's
};

/// What rules must know of the items of an artifact, by row: some 30 bytes each. An item that nothing was said of has
/// no category and no price, and is available. Not for several threads at once.
class Shelf {
 public:
  explicit Shelf(std::size_t items);

  std::size_t size() const { return prices_.size(); }
  /// As many items, at least; nothing was said of the new ones.
  void grow(std::size_t items);
  void put(std::int32_t row, const ShelfItem& item);

  std::span<const std::int32_t> categories(std::int32_t row) const { return categories_[index(row)]; }
  const std::string& category_name(std::int32_t category) const { return names_[index(category)]; }
  /// None: no item ever had it.
  std::optional<std::int32_t> category(const std::string& name) const;
  /// NaN where none is known.
  double price(std::int32_t row) const { return prices_[index(row)]; }
  bool available(std::int32_t row) const { return !unavailable_.contains(row); }
  bool hidden(std::int32_t row) const { return hidden_.contains(row); }
  /// What it is called now; null: as the artifact says.
  const std::string* title(std::int32_t row) const;
  bool has_picture(std::int32_t row) const { return pictures_[index(row)]; }

  const std::set<std::int32_t>& unavailable() const { return unavailable_; }
  const std::set<std::int32_t>& hidden() const { return hidden_; }

 private:
  static std::size_t index(std::int32_t row) { return static_cast<std::size_t>(row); }

  std::vector<std::vector<std::int32_t>> categories_;
  std::vector<double> prices_;
  std::vector<bool> pictures_;
  std::unordered_map<std::int32_t, std::string> titles_;
  std::set<std::int32_t> unavailable_;
  std::set<std::int32_t> hidden_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> numbers_;
};

}  // namespace monet::serve
