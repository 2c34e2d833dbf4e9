#pragma once

#include "monet/data/id_map.h"
#include "monet/data/interactions.h"
#include "monet/data/split.h"

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

/// Reads a table with a header and one interaction per line. With an `x_label` column (0 train, 1 validation, 2 test)
/// that is the split; otherwise it is split by `options`. Throws DataError with file, line and remedy: columns that
/// cannot be found, a line of another width, an id that is empty, negative, not whole or absurd, a time that cannot be
/// read, an unknown label. A file of 10 million lines takes a few seconds.
Interactions parse_interaction_table(std::string_view text, const std::string& file, const TableOptions& options);

}  // namespace monet::data
