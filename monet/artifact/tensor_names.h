#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace monet::artifact::names {

inline constexpr std::string_view kModelFile = "model.safetensors";
inline constexpr std::string_view kConfigFile = "config.json";
inline constexpr std::string_view kUsersFile = "users.tsv";
inline constexpr std::string_view kItemsFile = "items.tsv";
inline constexpr std::string_view kLogFile = "train_log.jsonl";
/// A part of a blend is an artifact in `parts/1`, `parts/2`, …
inline std::string part_folder(std::size_t part) {
  return "parts/" + std::to_string(part + 1);
}

inline constexpr std::string_view kUserEmbedding = "user_embedding";
inline constexpr std::string_view kItemEmbedding = "item_embedding";
inline constexpr std::string_view kItemFoldin = "item_foldin";
inline constexpr std::string_view kUserFoldin = "user_foldin";
inline constexpr std::string_view kItemPrior = "item_prior";
inline constexpr std::string_view kUserNorm = "derived.user_norm";
inline constexpr std::string_view kUserLength = "derived.user_length";
inline constexpr std::string_view kModalityPrefix = "item_embedding.";
inline constexpr std::string_view kHistoryIndptr = "history.indptr";
inline constexpr std::string_view kHistoryIndices = "history.indices";
inline constexpr std::string_view kSimilarityIndptr = "similarity.indptr";
inline constexpr std::string_view kSimilarityIndices = "similarity.indices";
inline constexpr std::string_view kSimilarityValues = "similarity.values";
inline constexpr std::string_view kPairwiseWeight = "pairwise.weight";
inline constexpr std::string_view kPairwiseBias = "pairwise.bias";
inline constexpr std::string_view kPairwiseVector = "pairwise.vector";

/// How new items are made: `new_item.weight.<modality>`, `.bias.`, `.center.`, `.scale.`, `.missing.`, and of each
/// table `new_item.<table>.weight`, `.bias`.
inline constexpr std::string_view kNewItemPrefix = "new_item.";
inline std::string new_item_part(std::string_view part, std::string_view modality) {
  return std::string(kNewItemPrefix).append(part).append(".").append(modality);
}

/// How features of a modality were made, as bytes (features/recipe.h).
inline constexpr std::string_view kRecipePrefix = "recipe.";

/// A tensor that an artifact holds beside the parameters.
inline bool is_derived(std::string_view name) {
  return name == kUserEmbedding || name == kItemEmbedding || name == kItemFoldin || name == kUserFoldin ||
         name == kItemPrior || name.starts_with("history.") || name.starts_with("similarity.") ||
         name.starts_with("pairwise.") || name.starts_with("derived.") || name.starts_with(kNewItemPrefix) ||
         name.starts_with(kRecipePrefix);
}

}  // namespace monet::artifact::names
