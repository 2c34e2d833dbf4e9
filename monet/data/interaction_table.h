#pragma once

#include "monet/data/id_map.h"
#include "monet/data/interactions.h"
#include "monet/data/split.h"
#include "monet/data/split_files.h"
#include "monet/input/line_reader.h"
#include "monet/input/table_reader.h"

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
  std::string weight_column = "none";  // empty: found by name; "none": there is none
  char separator = '\0';               // '\0': found from the header
  bool users_are_rows = false;         // ids are row numbers; otherwise names, numbered in order of appearance
  bool items_are_rows = false;
  const IdMap* item_map = nullptr;  // names → row numbers, where features are keyed by it
};

/// Reads a table with a header and one interaction per record (`input::TableReader`). With an `x_label` column (0
/// train, 1 validation, 2 test) that is the split; otherwise it is split by `options`. Throws DataError with file, line
/// and remedy: columns that cannot be found, a line of another width, an id that is empty, negative, not whole or
/// absurd, a time or weight that cannot be read, an unknown label. A file of 10 million lines takes a few seconds.
Interactions read_interaction_table(input::LineReader& lines, const TableOptions& options);
/// The same behind a header that was read.
Interactions read_interaction_table(input::TableReader& table, const TableOptions& options);
/// The same for a text in memory, called `file` in messages.
Interactions parse_interaction_table(std::string_view text, const std::string& file, const TableOptions& options);

/// Reads tables that are the parts of a split, each with a header; users and items are numbered over all of them.
/// Without a validation file its share is drawn (`draw_validation`). Throws as `read_interaction_table`.
Interactions read_split_tables(const SplitFiles& files, const TableOptions& options);

}  // namespace monet::data
