#pragma once

#include "monet/core/view.h"

#include <vector>

namespace CLI {
class App;
}

namespace monet::cli {

/// Registers `--k K,K,…`: list lengths, ascending and without repetition.
void add_list_lengths(CLI::App& app, std::vector<Index>& target);

}  // namespace monet::cli
