#pragma once

#include "monet/prepare/items/made_features.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace CLI {
class App;
}

namespace monet::cli {

/// What the options of built-in features say.
struct FeatureFlags {
  FeatureFlags();
  prepare::TextSourceOptions text;
  prepare::ImageSourceOptions image;
  std::filesystem::path stop_words;
  std::optional<features::PixelRange> onnx_preset;
  std::optional<std::array<float, 3>> onnx_mean, onnx_scale;  // they replace the preset's
  int threads = 1;
};

/// Registers `--text-features`, `--image-features`, `--onnx` and what goes with them, and `--threads`.
void add_feature_options(CLI::App& app, FeatureFlags& flags);

/// The sources that the flags ask for. `pool` and `stop` outlive them. Throws UsageError for options that do not go
/// together, and what opening a list of stop words or a network does.
std::vector<prepare::FeatureSource> feature_sources(FeatureFlags flags, std::uint64_t seed, ThreadPool& pool,
                                                    const std::atomic<bool>& stop);

}  // namespace monet::cli
