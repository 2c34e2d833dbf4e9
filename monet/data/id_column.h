#pragma once

#include "monet/data/id_map.h"
#include "monet/data/interactions.h"
#include "monet/data/name_table.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

/// Turns the ids of one column into row numbers, over all files of a dataset. They are read as `prepare` reads them
/// (id_style.h). What it throws has no place.
class IdColumn {
 public:
  /// `what`: "user" or "item". Ids are row numbers (`are_rows`), names of `map`, or names that are numbered in order of
  /// appearance.
  IdColumn(const char* what, bool are_rows, const IdMap* map);

  std::int32_t read(std::string_view field, Index line);

  LargestId largest(const std::string& file) const;
  /// Once all is read: the names, none where ids are row numbers or those of a map. Adds what is to be said of them.
  std::vector<std::string> take_names(const std::string& file, std::vector<std::string>& notes);
  /// Throws DataError with the file where a text holds several items; `column` is the name in the header.
  void refuse_lists(const std::string& file, const std::string& column) const;

 private:
  std::int32_t look_up(std::string_view name);
  std::string decide();

  const char* what_;
  bool are_rows_;
  const IdMap* map_;
  NameTable names_;
  std::vector<std::int32_t> rows_of_names_;
  std::vector<std::string> sample_;
  bool decided_ = false;
  bool whole_ = false;  // whole numbers are written as floats
  std::string last_;
  std::int32_t index_ = -1;
  std::int32_t largest_ = -1;
  Index largest_line_ = 0;
};

}  // namespace monet::data
