#pragma once

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

/// The text of such a file. The columns are cut at the last tab (without a tab: at the last comma or space), so names
/// may hold spaces. Throws DataError with file and line: no number, an absurd one, a row number or a name that is there
/// twice.
IdMap parse_id_map(std::string_view text, const std::string& file);

/// The map of users or items in `folder`, whichever file is there. Throws IoError, DataError.
std::optional<IdMap> find_user_map(const std::filesystem::path& folder);
std::optional<IdMap> find_item_map(const std::filesystem::path& folder);

}  // namespace monet::data
