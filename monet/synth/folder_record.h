#pragma once

#include "monet/core/files/replaceable.h"
#include "monet/synth/options.h"
#include "monet/synth/raw_shop.h"

#include <filesystem>

namespace monet::synth {

/// Writes `synth.json` into a folder that holds a whole shop: every option, and which files were written (those of
/// `pictures/` by their number). `raw`: nothing for a dataset. Throws IoError.
void write_record(const std::filesystem::path& folder, const GeneratorOptions& options, const RawShopOptions* raw);

/// What `synth` writes: known by its `synth.json`, or, of versions without one, by the names that only generated users
/// and items have. Random features that `write_features` added count as its own too.
const files::FolderKind& shop_folder();

}  // namespace monet::synth
