#include "cli/feature_flags.h"

#include "monet/core/files/mapped_file.h"
#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <utility>

namespace monet::cli {

namespace {
constexpr const char* kTextFields = "title,description,categories:labels,brand:labels";
constexpr Index kWidest = 4096;

void add_optional_switch(CLI::App& app, const std::string& name, std::optional<bool>& target,
                         const std::string& description) {
  add_value(app, name, "on|off", description, [name, &target](const std::string& text) {
    const std::vector<std::string> words = {"on", "off"};
    if (text != "on" && text != "off") fail_choice(name, text, words);
    target = text == "on";
  });
}

/// R,G,B.
void add_triple(CLI::App& app, const std::string& name, std::optional<std::array<float, 3>>& target,
                const std::string& description) {
  add_value(app, name, "R,G,B", description, [name, &target](const std::string& text) {
    const std::vector<std::string> parts = split_list(text);
    std::array<float, 3> values = {};
    bool good = parts.size() == values.size();
    for (std::size_t c = 0; good && c < values.size(); ++c) {
      const char* end = parts[c].data() + parts[c].size();
      const auto [stop, error] = std::from_chars(parts[c].data(), end, values[c]);
      good = error == std::errc() && stop == end && std::isfinite(values[c]);
    }
    if (!good) fail<UsageError>("{}: '{}' is not three numbers R,G,B", name, text);
    target = values;
  });
}

void add_preset(CLI::App& app, std::optional<features::PixelRange>& target) {
  std::vector<std::string> names;
  for (const features::OnnxPreset& preset : features::kOnnxPresets) names.emplace_back(preset.name);
  detail::add_word(app, "--onnx-preset", std::move(names), 0, "the values that it was trained with",
                   [&target](std::size_t chosen) { target = features::kOnnxPresets[chosen].range; });
}

void add_text_options(CLI::App& app, FeatureFlags& flags) {
  add_optional_switch(app, "--text-features", flags.text.on,
                      "features from the items' texts (default: where there are texts and no text features)");
  add_integer(app, "--text-dim", flags.text.text.svd.width, 1, kWidest, "width of the text features");
  add_value(app, "--text-fields", "NAME[:WEIGHT][:labels],…",
            "texts to use: title, description, categories, brand; labels: whole entries set apart by |, not words",
            [&flags](const std::string& text) {
              try {
                flags.text.fields = features::parse_text_fields(text);
              } catch (const InvalidArgument& error) {
                fail<UsageError>("--text-fields: {}", error.what());
              }
            })
      ->default_str(kTextFields);
  add_path(app, "--text-stop-words", flags.stop_words, "file of words to leave out, one a line");
}

void add_image_options(CLI::App& app, FeatureFlags& flags) {
  add_optional_switch(app, "--image-features", flags.image.on,
                      "features from the items' pictures (default: where pictures are files and no image features)");
  add_path(app, "--image-dir", flags.image.folder, "folder of the pictures (default: the catalogue's)");
  add_integer(app, "--image-max-pixels", flags.image.limits.max_pixels, 1, Index{1} << 32,
              "larger pictures are left out");
  features::OnnxOptions& onnx = flags.image.onnx;
  add_path(app, "--onnx", onnx.file, "network for the pictures, in place of the built-in colours and edges");
  add_value(app, "--onnx-output", "NAME", "its output, or an inner one (default: the last)",
            [&onnx](const std::string& text) { onnx.output = text; });
  add_value(app, "--onnx-size", "N", "pictures are stretched to N x N for it (default: its own size, or 224)",
            [&onnx](const std::string& text) { onnx.size = parse_integer("--onnx-size", text, 1, kWidest); });
  add_preset(app, flags.onnx_preset);
  add_triple(app, "--onnx-mean", flags.onnx_mean,
             "taken from red, green, blue (0 to 255) of its input (default: the preset's)");
  add_triple(app, "--onnx-scale", flags.onnx_scale, "what the difference is multiplied by (default: the preset's)");
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  const files::MappedFile file(path);
  std::vector<std::string> lines;
  std::string_view rest = file.text();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}
}  // namespace

FeatureFlags::FeatureFlags() {
  text.fields = features::parse_text_fields(kTextFields);
}

void add_feature_options(CLI::App& app, FeatureFlags& flags) {
  add_text_options(app, flags);
  add_image_options(app, flags);
  add_threads(app, flags.threads);
}

std::vector<prepare::FeatureSource> feature_sources(FeatureFlags flags, std::uint64_t seed, ThreadPool& pool,
                                                    const std::atomic<bool>& stop) {
  const bool network = !flags.image.onnx.file.empty();
  features::OnnxOptions& onnx = flags.image.onnx;
  const bool details =
      !onnx.output.empty() || onnx.size > 0 || flags.onnx_preset || flags.onnx_mean || flags.onnx_scale;
  if (details && !network) fail<UsageError>("--onnx-output, -size, -preset, -mean and -scale go with --onnx FILE");
  if (flags.onnx_preset) onnx.range = *flags.onnx_preset;
  if (flags.onnx_mean) onnx.range.mean = *flags.onnx_mean;
  if (flags.onnx_scale) onnx.range.scale = *flags.onnx_scale;
  const bool asked = network || !flags.image.folder.empty();
  if (asked && flags.image.on == false) {
    fail<UsageError>("--image-features off does not go with --image-dir or --onnx");
  }
  if (asked) flags.image.on = true;
  flags.text.text.svd.seed = seed;
  if (!flags.stop_words.empty()) flags.text.text.terms.stop_words = lines_of(flags.stop_words);
  return {prepare::text_source(std::move(flags.text), pool, stop),
          prepare::image_source(std::move(flags.image), pool, stop)};
}

}  // namespace monet::cli
