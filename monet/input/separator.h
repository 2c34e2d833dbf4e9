#pragma once

#include <string>
#include <string_view>

namespace monet::input {

/// The separator (tab, comma, semicolon or bar) that cuts `line` into the most fields; '\0' when none occurs outside
/// quotes.
char detect_separator(std::string_view line);
/// "tab", "comma", … for messages.
std::string describe_separator(char separator);

}  // namespace monet::input
