#include "monet/data/columns.h"
#include "monet/data/text.h"
#include "monet/prepare/items/catalogue.h"
#include "monet/prepare/tables/genres.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace monet::prepare {

namespace {
/// Which columns say what of an item.
class ItemPlaces {
 public:
  ItemPlaces(const input::TableReader& table, const ItemColumns& columns) {
    using data::ColumnRole;
    std::vector<data::ColumnWish> wishes{{ColumnRole::item, columns.id},
                                         {ColumnRole::title, columns.title},
                                         {ColumnRole::category, columns.categories},
                                         {ColumnRole::brand, columns.brand},
                                         {ColumnRole::price, columns.price},
                                         {ColumnRole::image, columns.image}};
    for (const std::string& name : columns.description) wishes.push_back({ColumnRole::description, name});
    if (columns.description.empty()) wishes.push_back({ColumnRole::description, {}});
    const std::vector<int> places = data::columns_of(table, wishes);
    id = places[0];
    title_ = places[1];
    categories_ = places[2];
    brand_ = places[3];
    price_ = places[4];
    image_ = places[5];
    description_.assign(places.begin() + 6, places.end());
    const auto& header = table.header();
    if (id < 0) {
      const auto found = std::find(header.begin(), header.end(), "id");
      if (found != header.end()) id = static_cast<int>(found - header.begin());
    }
    if (categories_ < 0) genres_ = genre_columns(header);
    words_ = categories_ >= 0 && header[static_cast<std::size_t>(categories_)].ends_with(":token_seq");
  }

  Item read(const input::TableReader& table) const {
    Item item;
    item.id = text(table, id);
    item.title = text(table, title_);
    for (const int column : description_) {
      const std::string part = text(table, column);
      if (!part.empty()) item.description += (item.description.empty() ? "" : " ") + part;
    }
    item.categories = text(table, categories_);
    if (words_) std::replace(item.categories.begin(), item.categories.end(), ' ', '|');
    for (const std::size_t column : genres_) {
      if (table.field(column) == "1") item.categories += (item.categories.empty() ? "" : "|") + table.header()[column];
    }
    item.brand = text(table, brand_);
    item.price = text(table, price_);
    item.image = text(table, image_);
    return item;
  }

  int id = -1;

 private:
  static std::string text(const input::TableReader& table, int column) {
    return column < 0 ? std::string() : std::string(table.field(static_cast<std::size_t>(column)));
  }

  int title_ = -1;
  std::vector<int> description_;
  int categories_ = -1;
  bool words_ = false;  // RecBole's lists: labels are separated by spaces
  int brand_ = -1;
  int price_ = -1;
  int image_ = -1;
  std::vector<std::size_t> genres_;
};
}  // namespace

void read_table_catalogue(input::TableReader& table, const ItemColumns& columns,
                          const std::vector<std::string>& row_names, bool in_row_order, input::BadLines& bad_lines,
                          Catalogue& catalogue) {
  const ItemPlaces places(table, columns);
  if (places.id < 0 && !in_row_order) {
    fail<DataError>(
        "{}: no column of item ids is recognised in the header '{}'; name it with `item-id-column`, or add a "
        "header line",
        table.where(), data::excerpt(fmt::format("{}", fmt::join(table.header(), " "))));
  }
  const bool by_number = !row_names.empty() && places.id >= 0 &&
                         data::is_named(table.header()[static_cast<std::size_t>(places.id)], "itemID");
  std::size_t entry = 0;
  while (table.next(bad_lines)) {
    bad_lines.guard_at(table.lines(), table.line(), [&] {
      Item item = places.read(table);
      if (in_row_order) {
        if (entry < row_names.size()) item.id = row_names[entry];
        if (++entry > row_names.size()) return;
      } else if (const data::ParsedId row = data::parse_id(item.id); by_number && row.good()) {
        const auto at = static_cast<std::size_t>(row.value);
        if (at < row_names.size() && !row_names[at].empty()) item.id = row_names[at];
      }
      catalogue.take(std::move(item));
    });
  }
  if (in_row_order && entry != row_names.size()) {
    fail<DataError>(
        "{}: {} entries without a column of ids for {} items; give each its item's id, or name the column "
        "with `item-id-column`",
        table.where(), entry, row_names.size());
  }
  catalogue.settle();
}

}  // namespace monet::prepare
