#pragma once

#include "monet/artifact/id_table.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace monet::cli {

/// Calls `take(line, place)` for each line of a UTF-8 text file that is not blank, without its line end; `place` is
/// "FILE:LINE". Throws IoError or DataError.
void read_lines(const std::string& file, const std::function<void(std::string_view, const std::string&)>& take);

/// The id in a field of a line, as in the tables of an artifact: tab, newline, carriage return and backslash written
/// \t, \n, \r, \\. Throws DataError naming `place` and, when `table` does not know the id, `kind` and `table_file`.
std::string read_id(std::string_view field, const std::string& place, const artifact::IdTable& table,
                    std::string_view kind, const std::string& table_file);

/// What an option's ids are looked up in.
struct KnownIds {
  const artifact::IdTable& table;
  std::string kind;        // "user", "item"
  std::string table_file;  // lists the known ones
};

/// The ids that an option names, all of them known: `A,"B, with a comma"`, or `@FILE` with one a line (`@-` is standard
/// input), below a header or not, in quotes or not. An id that holds commas or begins with '@' may also stand alone as
/// it is. Throws DataError for unknown ids, with `remedy` (may be empty); UsageError when nothing is named.
std::vector<std::string> ids_of_option(const std::string& option, const std::string& value, const KnownIds& known,
                                       std::string_view remedy = {});
/// The same; `value` may also be the name of a file that exists, without '@'.
std::vector<std::string> ids_or_file_of_option(const std::string& option, const std::string& value,
                                               const KnownIds& known);

/// `--name` with ids, for `ids_of_option`.
CLI::Option* add_ids(CLI::App& app, const std::string& name, std::string& target, const std::string& description);

}  // namespace monet::cli
