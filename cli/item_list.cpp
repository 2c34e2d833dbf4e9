#include "cli/item_list.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/text.h"
#include "monet/recommend/ids.h"
#include "cli/options.h"
#include "cli/usage_error.h"

#include <fmt/format.h>

#include <system_error>
#include <algorithm>
#include <filesystem>
#include <optional>

namespace monet::cli {

void read_lines(const std::string& file, const std::function<void(std::string_view, const std::string&)>& take) {
  const files::MappedFile mapped{std::filesystem::path(file)};
  bool marked = false;
  std::string_view text = data::without_byte_order_mark(mapped.text(), file, marked);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) take(line, fmt::format("{}:{}", file, number));
  }
}

std::string read_id(std::string_view field, const std::string& place, const artifact::IdTable& table,
                    std::string_view kind, const std::string& table_file) {
  const std::optional<std::string> id = artifact::unescape_field(field);
  if (!id) fail<DataError>("{}: '\\' is not followed by t, n, r or '\\' in '{}'", place, data::excerpt(field));
  if (!table.find(*id)) {
    fail<DataError>("{}: unknown {} '{}'; {} lists the known ones", place, kind, data::excerpt(*id), table_file);
  }
  return *id;
}

std::vector<std::string> items_of_option(const std::string& option, const std::string& value,
                                         const artifact::IdTable& items, const std::string& items_file) {
  std::vector<std::string> ids;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(value, ignored)) {
    read_lines(value, [&](std::string_view line, const std::string& place) {
      ids.push_back(read_id(line, place, items, "item", items_file));
    });
    if (ids.empty()) fail<DataError>("{}: names no item; expected one id a line", value);
    return ids;
  }
  ids = split_list(value);
  if (ids.empty()) fail<UsageError>("{}: '{}' names nothing; expected a file, or A,B,…", option, value);
  recommend::find_all(items, ids, fmt::format("items in {}", option),
                      fmt::format("{} lists the known ones, and there is no file of that name", items_file));
  return ids;
}

}  // namespace monet::cli
