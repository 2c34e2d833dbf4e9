#include "monet/describe/item_describer.h"

#include "monet/core/error.h"
#include "monet/input/utf8.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <utility>

namespace monet::describe {

namespace {

constexpr Index kMostPixels = 32'000'000;  // of a picture that anybody who may write sends

/// The text of a field as `prepare` keeps it (prepare/items/item.h).
std::string text_of(const store::Item& item, const std::string& field) {
  if (field == "title") return input::clean_text(item.title);
  if (field == "description") return input::clean_text(item.description);
  if (field == "brand") return input::clean_text(item.brand);
  if (field != "categories") return {};
  std::vector<std::string> labels;
  for (const std::string& label : item.categories) labels.push_back(input::clean_text(label));
  return fmt::format("{}", fmt::join(labels, "|"));
}

}  // namespace

Recipes recipes_of(const artifact::Artifact& artifact) {
  Recipes recipes;
  for (const artifact::ModalityInfo& modality : artifact.config().modalities) {
    if (const auto recipe = artifact.recipe(modality.name); !recipe.empty()) recipes[modality.name] = recipe;
  }
  return recipes;
}

ItemDescriber::ItemDescriber(const Recipes& recipes, const std::filesystem::path& network) {
  for (const auto& [modality, bytes] : recipes) {
    auto recipe = std::make_unique<const files::Safetensors>(bytes, fmt::format("the recipe of {}", modality));
    if (features::kind_of(*recipe) == features::RecipeKind::texts) {
      text_modality_ = modality;
      text_ = std::make_unique<features::TextMaker>(*recipe);
    } else if (features::needs_network(*recipe) && network.empty()) {
      why_no_pictures_ = fmt::format("the model's features of pictures come from the network {}; give it with `onnx`",
                                     features::network_of(*recipe));
    } else {
      picture_modality_ = modality;
      picture_ = std::make_unique<features::PictureMaker>(*recipe, network);
      if (!features::needs_network(*recipe) && !network.empty()) {
        fail<InvalidArgument>("`onnx`: no network made the model's features of pictures; leave it out");
      }
    }
    recipes_.push_back(std::move(recipe));
  }
  if (picture_ == nullptr && why_no_pictures_.empty()) {
    why_no_pictures_ = "how features of pictures are made for this model is not known; send them as numbers (features)";
    if (!network.empty()) fail<InvalidArgument>("`onnx`: {}", why_no_pictures_);
  }
}

store::Features ItemDescriber::features_of(const store::Item& item) const {
  store::Features features = item.features;
  if (text_ == nullptr || features.contains(text_modality_)) return features;
  std::vector<std::string> texts;
  for (const features::TextField& field : text_->fields()) texts.push_back(text_of(item, field.name));
  const std::lock_guard lock(text_mutex_);
  std::vector<float> row = text_->make(std::vector<std::string_view>(texts.begin(), texts.end()));
  if (!row.empty()) features[text_modality_] = std::move(row);
  return features;
}

std::vector<float> ItemDescriber::features_of_picture(std::span<const std::byte> picture) const {
  if (picture_ == nullptr) fail<InvalidArgument>("{}", why_no_pictures_);
  const std::lock_guard lock(picture_mutex_);
  return picture_->make(picture, {kMostPixels});
}

}  // namespace monet::describe
