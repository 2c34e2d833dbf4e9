#include "monet/features/recipe.h"

#include "monet/core/error.h"
#include "monet/core/files/feature_recipe.h"
#include "monet/features/onnx/onnx.h"
#include "monet/features/text/text_features.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace monet::features {

namespace {

constexpr const char* kFormat = "monet-recipe";
constexpr const char* kVersion = "1";
constexpr const char* kTexts = "texts";
constexpr const char* kPicture = "picture";

files::SafetensorsWriter begun(const char* kind, const std::string& features) {
  files::SafetensorsWriter writer;
  writer.set_metadata("format", kFormat);
  writer.set_metadata("version", kVersion);
  writer.set_metadata("kind", kind);
  writer.set_metadata(std::string(files::kRecipeFeatures), features);
  return writer;
}

/// One text for all, a line for each.
std::string joined(std::span<const std::string> lines) {
  return fmt::format("{}", fmt::join(lines, "\n"));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string fields_text(std::span<const TextField> fields) {
  std::vector<std::string> parts;
  for (const TextField& field : fields) {
    parts.push_back(
        fmt::format("{}:{}{}", field.name, field.weight, field.kind == TextField::Kind::labels ? ":labels" : ""));
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

const std::string& metadata(const files::Safetensors& recipe, const std::string& key) {
  const auto found = recipe.metadata().find(key);
  if (found == recipe.metadata().end()) fail<DataError>("{}: no recipe of features: no {}", recipe.name(), key);
  return found->second;
}

std::vector<TextField> fields_of(const files::Safetensors& recipe) {
  try {
    return parse_text_fields(metadata(recipe, "fields"));
  } catch (const InvalidArgument& error) {
    fail<DataError>("{}: {}", recipe.name(), error.what());
  }
}

}  // namespace

RecipeKind kind_of(const files::Safetensors& recipe) {
  if (metadata(recipe, "format") != kFormat) fail<DataError>("{}: no recipe of features", recipe.name());
  if (const std::string& version = metadata(recipe, "version"); version != kVersion) {
    fail<DataError>("{}: a recipe of version {}, this program reads {}; prepare the data again", recipe.name(), version,
                    kVersion);
  }
  const std::string& kind = metadata(recipe, "kind");
  if (kind == kTexts) return RecipeKind::texts;
  if (kind == kPicture) return RecipeKind::picture;
  fail<DataError>("{}: a recipe of the kind '{}', which this program does not know", recipe.name(), kind);
}

void write_recipe(const std::filesystem::path& file, const TextRecipe& recipe, const std::string& features) {
  files::SafetensorsWriter writer = begun(kTexts, features);
  writer.set_metadata("fields", fields_text(recipe.fields));
  writer.set_metadata("stop_words", joined(recipe.stop_words));
  const std::string terms = joined(recipe.terms);
  writer.add("terms", files::Dtype::u8, {static_cast<Index>(terms.size())}, std::as_bytes(std::span(terms)));
  writer.add("idf", recipe.idf);
  writer.add("directions", recipe.directions);
  writer.write(file);
}

void write_recipe(const std::filesystem::path& file, const ImageDescriber& describer, const std::string& features) {
  files::SafetensorsWriter writer = begun(kPicture, features);
  for (auto& [key, value] : describer.recipe()) writer.set_metadata(key, value);
  writer.write(file);
}

TextMaker::TextMaker(const files::Safetensors& recipe)
    : terms_(fields_of(recipe), lines_of(metadata(recipe, "stop_words"))),
      idf_(recipe.values<float>("idf")),
      directions_(recipe.matrix<float>("directions")) {
  const std::span<const std::uint8_t> text = recipe.values<std::uint8_t>("terms");
  for (std::string& term : lines_of({reinterpret_cast<const char*>(text.data()), text.size()})) {
    ids_.emplace(std::move(term), static_cast<std::int32_t>(ids_.size()));
  }
  if (ids_.size() != idf_.size() || directions_.rows != static_cast<Index>(idf_.size())) {
    fail<DataError>("{}: damaged: {} terms, weights of {} and directions of {}; prepare the data again", recipe.name(),
                    ids_.size(), idf_.size(), directions_.rows);
  }
}

std::vector<float> TextMaker::make(std::span<const std::string_view> texts) {
  const auto item = terms_.read(texts, [this](std::string_view term) {
    const auto found = ids_.find(term);
    return found == ids_.end() ? std::int32_t{-1} : found->second;
  });
  if (item.empty()) return {};
  std::vector<float> weights;
  for (const auto& [id, weight] : item) weights.push_back(weight * idf_[static_cast<std::size_t>(id)]);
  normalize(weights);
  std::vector<float> row(static_cast<std::size_t>(directions_.cols), 0.0F);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const float* direction = directions_.row(item[k].first);
    for (std::size_t c = 0; c < row.size(); ++c) row[c] += weights[k] * direction[c];
  }
  if (!settle_row(row)) return {};
  return row;
}

bool needs_network(const files::Safetensors& picture_recipe) {
  const std::string& describer = metadata(picture_recipe, "describer");
  if (describer == BuiltinDescriber().recipe().at("describer")) return false;
  if (describer == kOnnxDescriber) return true;
  fail<DataError>("{}: features of pictures made by '{}', which this program does not know", picture_recipe.name(),
                  describer);
}

std::string network_of(const files::Safetensors& picture_recipe) {
  return metadata(picture_recipe, "network");
}

PictureMaker::PictureMaker(const files::Safetensors& recipe, const std::filesystem::path& network) {
  if (needs_network(recipe)) {
    describer_ = onnx_describer(onnx_options_of(recipe.metadata(), network), 1);
  } else {
    describer_ = std::make_unique<BuiltinDescriber>();
  }
}

std::vector<float> PictureMaker::make(std::span<const std::byte> picture, const DecodeLimits& limits) {
  std::vector<float> row(static_cast<std::size_t>(describer_->width()));
  describer_->describe(decode(picture, limits), 0, row);
  return row;
}

}  // namespace monet::features
