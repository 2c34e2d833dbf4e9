#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace monet {

/// A message of the library as one line (`one_line`), with the options that it names between backticks (`force`, or
/// with a value: `split-by time`) as `written` has them: who uses a program knows them as --force, who uses another
/// language by another name.
std::string with_options_as(std::string_view message, const std::function<std::string(std::string_view)>& written);

}  // namespace monet
