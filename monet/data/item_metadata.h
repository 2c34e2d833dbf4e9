#pragma once

#include "monet/data/dataset.h"
#include "monet/input/line_reader.h"

#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

/// Reads titles and categories from an item table (`items.csv`). Its rows belong to the items by an id column that
/// holds external ids, or the row number where it is called `itemID`. By position only where the dataset's items are
/// row numbers (`items_are_rows`), the table has as many rows, and no id column, or one that counts the rows from 0 or
/// 1. Items without a row get empty texts. Returns empty columns, with a line in `notes`,
/// when too few of the ids are items' (`IdMatch`), the numbers differ, or there is no title and no category. Throws
/// DataError when the text is not a table.
ItemMetadata read_item_metadata(input::LineReader& lines, const std::vector<std::string>& item_ids, bool items_are_rows,
                                std::vector<std::string>& notes);
/// The same for a text in memory, called `file` in messages.
ItemMetadata parse_item_metadata(std::string_view text, const std::string& file,
                                 const std::vector<std::string>& item_ids, bool items_are_rows,
                                 std::vector<std::string>& notes);

}  // namespace monet::data
