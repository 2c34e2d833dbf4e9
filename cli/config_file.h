#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace monet::cli {

/// Reads a flat TOML file whose keys are the long options of `command` without dashes, and returns the arguments it
/// stands for (`--alpha 0.5`, …), so that values pass the same checks as on the command line. `true`/`false` set a flag
/// or an on|off option; an array is joined by commas. Throws UsageError for an unknown key (naming the nearest), a
/// table or a value of the wrong kind; DataError for broken TOML with line and column; IoError when it cannot be read.
std::vector<std::string> read_config_arguments(const std::string& file, const CLI::App& command);

/// The value of one key of such a file as text, or "" when there is none or the file cannot be read: a look ahead,
/// which `read_config_arguments` follows.
std::string configured_value(const std::string& file, const std::string& key);

}  // namespace monet::cli
