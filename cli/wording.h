#pragma once

#include <string>
#include <string_view>

namespace monet::cli {

/// A message of the library in the words of the program: what the library calls `force` or `split random` (in
/// backticks) is --force and --split random here. One line, whatever a user's file put into it.
std::string in_program_words(std::string_view message);

}  // namespace monet::cli
