#pragma once

#include "monet/core/options.h"

#include <functional>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace monet::cli {

/// What `--NAME` takes, as help shows it: "N", "NUMBER", "on|off", "users|interactions", "N|auto".
std::string type_text(const OptionInfo& info);

/// Registers `--NAME` for each option as it is described, with `values` (one for each) as the defaults that help shows.
/// `set` gets the option and the text given; an InvalidArgument of its becomes a UsageError.
void add_described(CLI::App& app, std::span<const OptionInfo> options, std::span<const Value> values,
                   const std::function<void(const OptionInfo&, const std::string&)>& set);

}  // namespace monet::cli
