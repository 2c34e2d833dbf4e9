#pragma once

#include "monet/artifact/artifact.h"
#include "monet/blend/choose_weights.h"
#include "monet/core/files/output_folder.h"
#include "monet/core/options.h"

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace monet::blend {

/// What an artifact of a blend is written of. Views must live until `write_blend` returns.
struct BlendContents {
  std::span<const artifact::Artifact> parts;  // that agree (agreement.h)
  Weights weights;                            // above 0, one for each part
  scoring::BlendBy by = scoring::BlendBy::zscore;
  std::map<std::string, double> validation;  // "recall@20" → value, of the blend
  std::map<std::string, double> test;
  std::optional<WeightSearch> search = {};  // how the weights were chosen; none: they were given
  Fields training = {};                     // what more there is to say of it
};

/// For require_replaceable: whether an artifact may be written to `path`, which is none of the parts.
files::OutputTarget blend_target(const std::filesystem::path& path, std::span<const std::filesystem::path> sources,
                                 bool force);

/// Writes an artifact directory that stands alone: the parts are copied whole to `parts/1`, `parts/2`, …, beside a
/// `config.json` with the weights and the hash of each part's, and the tables of users and items. `train_log.jsonl` has
/// a line for each weights tried. Replaces as train::write_artifact does; `sources` is what else is read for it. Throws
/// as it, and DataError where a part has changed since it was opened. O(bytes of the parts).
void write_blend(const std::filesystem::path& path, const BlendContents& contents,
                 std::span<const std::filesystem::path> sources, bool force);

}  // namespace monet::blend
