#pragma once

#include "monet/artifact/id_table.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::cli {

/// Calls `take(line, place)` for each line of a UTF-8 text file that is not blank, without its line end; `place` is
/// "FILE:LINE". Throws IoError or DataError.
void read_lines(const std::string& file, const std::function<void(std::string_view, const std::string&)>& take);

/// The id in a field of a line, as in the tables of an artifact: tab, newline, carriage return and backslash written
/// \t, \n, \r, \\. Throws DataError naming `place` and, when `table` does not know the id, `kind` and `table_file`.
std::string read_id(std::string_view field, const std::string& place, const artifact::IdTable& table,
                    std::string_view kind, const std::string& table_file);

/// Item ids that an option names: one a line of the file `value`, if there is a file of that name, else separated by
/// commas. Throws DataError for ids that `items` does not know, UsageError when nothing is named.
std::vector<std::string> items_of_option(const std::string& option, const std::string& value,
                                         const artifact::IdTable& items, const std::string& items_file);

}  // namespace monet::cli
