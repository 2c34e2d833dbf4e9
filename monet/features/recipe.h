#pragma once

#include "monet/core/files/safetensors.h"
#include "monet/core/matrix.h"
#include "monet/features/image/image_features.h"
#include "monet/features/text/item_terms.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::features {

/// How features were made, so that those of an item that comes later can be made in the same way (docs/prepare.md).
enum class RecipeKind { texts, picture };
/// Throws DataError: not a recipe, or of another version.
RecipeKind kind_of(const files::Safetensors& recipe);

/// What text features are made with. Views.
struct TextRecipe {
  std::span<const TextField> fields;
  std::span<const std::string> stop_words;
  std::span<const std::string> terms;  // ascending by bytes
  std::span<const float> idf;          // [terms]
  MatrixView<const float> directions;  // [terms, width]
};

/// Writes a recipe; `features`: the hash of the file that it made. Throws IoError.
void write_recipe(const std::filesystem::path& file, const TextRecipe& recipe, const std::string& features);
void write_recipe(const std::filesystem::path& file, const ImageDescriber& describer, const std::string& features);

/// Makes rows of text features by a recipe. Not to be shared between threads.
class TextMaker {
 public:
  /// Views `recipe`. Throws DataError where its parts do not fit together.
  explicit TextMaker(const files::Safetensors& recipe);

  const std::vector<TextField>& fields() const { return terms_.fields(); }
  Index width() const { return directions_.cols; }
  /// Of an item with these texts, one for each field: of length 1, or nothing where it has no term that training knew.
  /// O(bytes of the texts + terms · width). Throws InvalidArgument for another number of texts.
  std::vector<float> make(std::span<const std::string_view> texts);

 private:
  ItemTerms terms_;
  TermIds ids_;
  std::span<const float> idf_;
  MatrixView<const float> directions_;
};

/// Whether an ONNX network made the features of pictures, and its name.
bool needs_network(const files::Safetensors& picture_recipe);
std::string network_of(const files::Safetensors& picture_recipe);

/// Makes rows of picture features by a recipe. Not to be shared between threads.
class PictureMaker {
 public:
  /// `network`: the ONNX file that made the features, where one did (`needs_network`). Throws DataError for another
  /// network and as `onnx_describer`; IoError.
  PictureMaker(const files::Safetensors& recipe, const std::filesystem::path& network);

  Index width() const { return describer_->width(); }
  /// Of a PNG, JPEG or WebP file. Throws DataError (image/decode.h).
  std::vector<float> make(std::span<const std::byte> picture, const DecodeLimits& limits = {});

 private:
  std::unique_ptr<ImageDescriber> describer_;
};

}  // namespace monet::features
