#pragma once

#include "monet/data/id_match.h"
#include "monet/input/bad_lines.h"
#include "monet/input/table_reader.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

/// Walks an item table (`items.csv`), row by row.
class ItemTable {
 public:
  /// Reads the header. Throws DataError when the text is not a table.
  explicit ItemTable(input::LineReader& lines);

  bool has_titles() const { return title_.has_value(); }
  bool has_categories() const { return category_.has_value(); }
  bool has_ids() const { return id_.has_value(); }
  const std::string& file() const { return lines_.file(); }

  /// Goes to the next row; false at the end. Throws DataError.
  bool next() { return table_.next(bad_lines_); }
  std::string title() const;
  std::string category() const;
  std::string_view id() const;

  /// The ids that the row may mean, the first that is there counts: as it is written, and 11 for 11.0.
  std::optional<std::string> whole_id() const;
  /// And the number of a row, where the column holds such.
  std::optional<std::int32_t> row_number() const;

  /// Once all is read: what is to be said of it.
  const std::vector<std::string>& notes() const { return bad_lines_.notes(); }

 private:
  input::LineReader& lines_;
  input::TableReader table_;
  input::BadLines bad_lines_{false};
  std::optional<std::size_t> title_;
  std::optional<std::size_t> category_;
  std::optional<std::size_t> id_;
  bool holds_rows_ = false;
};

/// What rows of an item table were met.
struct ItemRows {
  Index count = 0;
  IdMatch match;  // where there is a column of ids
  RowCount order;
  bool unnamed = false;  // the items are called by their row numbers
};

enum class ItemJoin { none, by_id, in_order };

/// How a table that was read belongs to `num_items` items, and what is to be said of that. `explain`: `match.explain`
/// of the items' ids.
ItemJoin join_items(const ItemTable& table, const ItemRows& rows, Index num_items, bool items_are_rows,
                    const std::function<std::string()>& explain, std::vector<std::string>& notes);

}  // namespace monet::data
