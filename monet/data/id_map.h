#pragma once

#include "monet/core/view.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::data {

/// The names a source gives to row numbers, from `i_id_mapping.csv` (MMRec: a header, then `raw⇥int`) or
/// `item_list.txt` (5-core: `raw⇥int`, with or without a header).
struct IdMap {
  std::string file;
  std::vector<std::string> names;  // by row number; empty where the file names none
};

/// A row number and its name.
struct NamedRow {
  std::int32_t row = -1;
  std::string name;
};

/// Reads the lines of such a file one by one. Whether rows and names are there once is for the caller to see.
class IdMapLines {
 public:
  /// Where name and number stand in `item_list.txt` of LightGCN ("org_id remap_id") and KGAT, which has more columns.
  struct Header {
    std::size_t name = 0;
    std::size_t number = 0;
  };

  /// `line_ends`: of the whole file, for what is absurd.
  IdMapLines(std::string file, Index line_ends);

  /// What a line says; nothing for a blank one and the header. Throws DataError with file and line.
  std::optional<NamedRow> read(std::string_view line, Index number);

  /// Throw DataError: line `number` names a row, or uses a name, that an earlier one does.
  [[noreturn]] void refuse_row(Index number, std::int32_t row, std::string_view before, std::string_view name) const;
  [[noreturn]] void refuse_name(Index number, std::string_view name) const;

 private:
  std::string file_;
  Index most_rows_;
  bool first_ = true;
  bool number_first_ = false;
  std::optional<Header> header_;
};

/// The text of such a file. The columns are cut at the last tab (without a tab: at the last comma or space), so names
/// may hold spaces. Throws DataError with file and line: no number, an absurd one, a row number or a name that is there
/// twice.
IdMap parse_id_map(std::string_view text, const std::string& file);

/// The file that names users or items in `folder`, whichever is there.
std::optional<std::filesystem::path> user_map_in(const std::filesystem::path& folder);
std::optional<std::filesystem::path> item_map_in(const std::filesystem::path& folder);

/// The map of users or items in `folder`, whichever file is there. Throws IoError, DataError.
std::optional<IdMap> find_user_map(const std::filesystem::path& folder);
std::optional<IdMap> find_item_map(const std::filesystem::path& folder);

}  // namespace monet::data
