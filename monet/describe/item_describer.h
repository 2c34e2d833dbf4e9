#pragma once

#include "monet/artifact/artifact.h"
#include "monet/features/recipe.h"
#include "monet/store/item.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::describe {

/// Recipes (features/recipe.h) by modality.
using Recipes = std::map<std::string, std::span<const std::byte>>;

/// Those that an artifact keeps. Views of it.
Recipes recipes_of(const artifact::Artifact& artifact);

/// Describes items of a shop by features, as those that a model was trained on were described: of texts by what the
/// store says of an item, of a picture by its bytes. Any thread may call.
class ItemDescriber {
 public:
  /// Views of what `recipes` are of, which outlives this. `network`: the ONNX file that made the features of pictures,
  /// where one did. Throws DataError: a recipe that is damaged or that this program does not know, another network;
  /// InvalidArgument: a network where none is needed; IoError.
  explicit ItemDescriber(const Recipes& recipes, const std::filesystem::path& network = {});

  /// The modality that is made of texts or of pictures; empty: none is.
  const std::string& text_modality() const { return text_modality_; }
  const std::string& picture_modality() const { return picture_modality_; }

  /// An item's features: those it has, and those that its texts give it.
  store::Features features_of(const store::Item& item) const;
  /// Features of a picture, a PNG, JPEG or WebP file. Throws DataError: it is none, damaged or too large;
  /// InvalidArgument: the model sees no pictures, or the network that it needs is not given.
  std::vector<float> features_of_picture(std::span<const std::byte> picture) const;

 private:
  std::string text_modality_;
  std::string picture_modality_;
  std::string why_no_pictures_;
  std::vector<std::unique_ptr<const files::Safetensors>> recipes_;
  mutable std::mutex text_mutex_;
  mutable std::mutex picture_mutex_;
  std::unique_ptr<features::TextMaker> text_;
  std::unique_ptr<features::PictureMaker> picture_;
};

}  // namespace monet::describe
