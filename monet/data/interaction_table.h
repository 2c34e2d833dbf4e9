#pragma once

#include "monet/data/id_map.h"
#include "monet/data/interactions.h"
#include "monet/data/split.h"
#include "monet/input/line_reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace monet::data {

/// How to read a delimited table of interactions.
struct TableOptions {
  SplitKind split = SplitKind::random;
  std::uint64_t split_seed = 123;
  std::string user_column;  // empty: found by name
  std::string item_column;
  std::string time_column;
  char separator = '\0';        // '\0': found from the header
  bool users_are_rows = false;  // ids are row numbers; otherwise names, numbered in order of appearance
  bool items_are_rows = false;
  const IdMap* item_map = nullptr;  // names → row numbers, where features are keyed by it
};

/// Reads a table with a header and one interaction per record (`input::TableReader`). With an `x_label` column (0
/// train, 1 validation, 2 test) that is the split; otherwise it is split by `options`. Throws DataError with file, line
/// and remedy: columns that cannot be found, a line of another width, an id that is empty, negative, not whole or
/// absurd, a time that cannot be read, an unknown label. A file of 10 million lines takes a few seconds.
Interactions read_interaction_table(input::LineReader& lines, const TableOptions& options);
/// The same for a text in memory, called `file` in messages.
Interactions parse_interaction_table(std::string_view text, const std::string& file, const TableOptions& options);

/// Seconds from a number (of any unit) or an ISO date (`2014-05-01`, `2014-05-01 12:30:00`, with `T` and `Z` too);
/// nothing otherwise.
std::optional<double> parse_time(std::string_view text);

}  // namespace monet::data
