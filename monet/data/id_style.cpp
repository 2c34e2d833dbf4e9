#include "monet/data/id_style.h"

#include "monet/data/columns.h"
#include "monet/input/number_text.h"

#include <algorithm>

namespace monet::data {

namespace {
bool begins_list(std::string_view text) {
  return !text.empty() && (text.front() == '[' || text.front() == '(' || text.front() == '{');
}
}  // namespace

bool is_in_brackets(std::string_view text) {
  if (text.size() < 2 || !begins_list(text)) return false;
  const char close = text.front() == '[' ? ']' : text.front() == '(' ? ')' : '}';
  return text.back() == close;
}

ItemListStyle item_list_style(std::string_view column, std::string_view name, std::span<const std::string> sample) {
  ItemListStyle style;
  const auto bracketed = std::count_if(sample.begin(), sample.end(), [](const std::string& value) {
    return is_in_brackets(value) || (begins_list(value) && value.size() >= kSampledBytes);  // its end may lack
  });
  style.in_brackets = bracketed > 0 && 2 * static_cast<std::size_t>(bracketed) >= sample.size();
  if (style.in_brackets) return style;
  if (column.ends_with(":token_seq")) style.separator = ' ';
  if (!is_plural_of_item(name)) return style;
  for (const char separator : {',', '|', ';'}) {
    const bool any = std::any_of(sample.begin(), sample.end(),
                                 [&](const std::string& value) { return value.find(separator) != std::string::npos; });
    if (!any) continue;
    style.separator = separator;
    break;
  }
  return style;
}

bool are_whole_floats(std::span<const std::string> sample) {
  return !sample.empty() && std::all_of(sample.begin(), sample.end(), [](const std::string& value) {
    return value.find_first_of("eE") == std::string::npos && input::whole_float(value).has_value();
  });
}

}  // namespace monet::data
