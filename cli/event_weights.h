#pragma once

#include <map>
#include <span>
#include <string>

namespace monet::cli {

/// What kinds of interactions weigh, from words like "buy=3" (`--event-weights`). Throws UsageError.
std::map<std::string, double> event_weights_of(std::span<const std::string> words);

}  // namespace monet::cli
