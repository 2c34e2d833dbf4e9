#pragma once

#include <string_view>

namespace monet::files {

/// Beside features that `prepare` made, `<modality>_feat.npy`, lies how: a safetensors file whose metadata say of which
/// features it is, so that it is never taken for those of other ones (features/recipe.h).
inline constexpr std::string_view kRecipeSuffix = ".recipe";
inline constexpr std::string_view kRecipeFeatures = "features";  // key: `hash_file` of the features

}  // namespace monet::files
