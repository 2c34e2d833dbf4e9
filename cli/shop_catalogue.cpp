#include "cli/shop_catalogue.h"

#include "monet/core/error.h"
#include "monet/input/bad_lines.h"
#include "monet/input/byte_stream.h"
#include "monet/input/line_reader.h"
#include "monet/input/observer.h"
#include "monet/input/table_reader.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::cli {

namespace {

constexpr std::size_t kAtATime = 5000;

std::vector<std::string> labels_of(std::string_view joined) {
  std::vector<std::string> labels;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find('|'), joined.size());
    if (end > 0) labels.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return labels;
}

/// The number in "$ 12.50"; nothing where there is none, or one that may mean something else ("1.299,00", "5-9").
std::optional<double> price_of(std::string_view text) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && !digit(text.front())) text.remove_prefix(1);
  while (!text.empty() && !digit(text.back())) text.remove_suffix(1);
  double price = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), price, std::chars_format::fixed);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return price;
}

/// The columns of a table that `prepare` wrote.
class Columns {
 public:
  explicit Columns(const input::TableReader& table) : table_(table) {}
  /// The field of this name in the current record; empty where there is no such column.
  std::string_view operator[](std::string_view name) const {
    const auto found = std::find(table_.header().begin(), table_.header().end(), name);
    if (found == table_.header().end()) return {};
    return table_.field(static_cast<std::size_t>(found - table_.header().begin()));
  }

 private:
  const input::TableReader& table_;
};

store::Item item_of(const Columns& columns) {
  store::Item item;
  item.id = columns["item_id"];
  item.title = columns["title"];
  item.description = columns["description"];
  item.picture = columns["image"];
  item.categories = labels_of(columns["categories"]);
  item.brand = columns["brand"];
  item.price = price_of(columns["price"]);
  return item;
}

}  // namespace

std::size_t add_catalogue(store::Store& store, const std::filesystem::path& table) {
  input::Observer nobody;
  const std::atomic<bool> stop = false;
  input::FileStream file(table, {nobody, stop});
  input::LineReader lines(file, table.string());
  input::TableReader reader(lines, ',', true);
  const std::vector<std::string>& header = reader.header();
  if (std::find(header.begin(), header.end(), "item_id") == header.end()) {
    fail<DataError>("{}: no column item_id; give the folder that `monet prepare` wrote", table.string());
  }
  const Columns columns(reader);
  const bool empty = store.items("", 1).empty();
  std::size_t added = 0;
  std::vector<store::Item> pending;
  const auto flush = [&] {
    store.put_items(pending);
    added += pending.size();
    pending.clear();
  };
  input::BadLines bad_lines(false);
  while (reader.next(bad_lines)) {
    store::Item item = item_of(columns);
    if (!empty && store.item(item.id)) continue;
    pending.push_back(std::move(item));
    if (pending.size() == kAtATime) flush();
  }
  flush();
  return added;
}

}  // namespace monet::cli
