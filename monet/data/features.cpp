#include "monet/data/features.h"

#include "monet/core/error.h"
#include "monet/core/files/feature_recipe.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/files/npy.h"
#include "monet/core/files/safetensors.h"
#include "monet/data/missing_rows.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace monet::data {

namespace {
constexpr std::string_view kSuffix = "_feat.npy";
}  // namespace

std::vector<FeatureFile> find_features(const std::filesystem::path& folder,
                                       const std::optional<std::vector<std::string>>& wanted) {
  std::vector<FeatureFile> found;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    if (file.size() <= kSuffix.size() || !file.ends_with(kSuffix) || file.front() == '.') continue;
    found.push_back({file.substr(0, file.size() - kSuffix.size()), entry.path(), 0});
  }
  std::sort(found.begin(), found.end(), [](const FeatureFile& a, const FeatureFile& b) { return a.name < b.name; });
  for (const auto& file : found) names.push_back(file.name);
  if (wanted) {
    for (const auto& name : *wanted) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      fail<InvalidArgument>("{}: there is no modality '{}' ({}{}.npy); found: {}", folder.string(), name, name, "_feat",
                            names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
    }
    std::erase_if(found, [&](const FeatureFile& file) {
      return std::find(wanted->begin(), wanted->end(), file.name) == wanted->end();
    });
  }
  for (auto& file : found) {
    const files::NpyHeader header = files::read_npy_header(file.path);
    file.rows = header.shape.empty() ? 0 : header.shape.front();
  }
  return found;
}

Modality read_modality(const FeatureFile& file, Index num_items, MissingRows policy) {
  const std::string path = file.path.string();
  Modality modality{file.name, files::read_npy(file.path), 0};
  check_feature_shape(modality.features.rows(), modality.features.cols(), num_items, path);
  settle_rows(modality, policy, path);
  return modality;
}

std::string read_recipe(const std::filesystem::path& features, std::string& note) {
  const std::filesystem::path path = std::filesystem::path(features).replace_extension(files::kRecipeSuffix);
  if (!std::filesystem::exists(path)) return {};
  try {
    const files::Safetensors recipe(path);
    const auto of = recipe.metadata().find(std::string(files::kRecipeFeatures));
    if (of != recipe.metadata().end() && of->second == files::hash_file(features)) {
      return std::string(files::MappedFile(path).text());
    }
    note = fmt::format("{} is left: it is of other features than {} has now", path.filename().string(),
                       features.filename().string());
  } catch (const DataError& error) {
    note = fmt::format("{} is left: {}", path.filename().string(), error.what());
  }
  return {};
}

void settle_rows(Modality& modality, MissingRows policy, const std::string& file) {
  Matrix<float>& features = modality.features;
  const std::vector<Index> missing = find_missing_rows(features.view(), 0, file);
  modality.missing_rows = static_cast<Index>(missing.size());
  if (missing.empty()) return;
  check_missing_rows(modality.missing_rows, missing.front(), features.rows(), policy, file);
  std::vector<double> sums(static_cast<std::size_t>(features.cols()), 0.0);
  if (policy == MissingRows::mean) add_rows_to(sums, features.view(), missing);
  const std::vector<float> filler = filler_of(sums, features.rows() - modality.missing_rows, policy);
  for (const Index r : missing) std::copy(filler.begin(), filler.end(), features.row(r));
}

}  // namespace monet::data
