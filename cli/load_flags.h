#pragma once

#include "monet/data/load.h"

namespace CLI {
class App;
}

namespace monet::cli {

/// Registers the options that say how a dataset is read: `--core`, `--modalities`, `--missing`, `--split-by`,
/// `--split-seed` and the columns of a table.
void add_load_options(CLI::App& app, data::LoadOptions& options);

}  // namespace monet::cli
