#include "monet/data/features.h"

#include "monet/core/error.h"
#include "monet/core/files/feature_recipe.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/mapped_file.h"
#include "monet/core/files/npy.h"
#include "monet/core/files/safetensors.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace monet::data {

namespace {
constexpr std::string_view kSuffix = "_feat.npy";

bool all_finite(const float* row, Index cols) {
  constexpr std::uint32_t kExponent = 0x7f800000U;
  std::uint32_t bad = 0;
  for (Index c = 0; c < cols; ++c) bad |= (std::bit_cast<std::uint32_t>(row[c]) & kExponent) == kExponent ? 1U : 0U;
  return bad == 0;
}

std::vector<Index> missing_rows(const Modality& modality, const std::string& file) {
  std::vector<Index> missing;
  const Matrix<float>& features = modality.features;
  for (Index r = 0; r < features.rows(); ++r) {
    const float* row = features.row(r);
    if (all_finite(row, features.cols())) continue;
    const float* end = row + features.cols();
    if (std::all_of(row, end, [](float x) { return std::isnan(x); })) {
      missing.push_back(r);
      continue;
    }
    const auto column = std::find_if(row, end, [](float x) { return !std::isfinite(x); }) - row;
    fail<DataError>("{}: row {}, column {} is {}; features must be finite (a row that is all NaN counts as missing)",
                    file, r, column, std::isnan(row[column]) ? "NaN" : "infinite or beyond float32");
  }
  return missing;
}

/// The column means of the rows that are there. `missing` ascends.
std::vector<float> mean_row(const Matrix<float>& features, const std::vector<Index>& missing) {
  std::vector<double> sum(static_cast<std::size_t>(features.cols()), 0.0);
  auto next = missing.begin();
  for (Index r = 0; r < features.rows(); ++r) {
    if (next != missing.end() && *next == r) {
      ++next;
      continue;
    }
    const float* row = features.row(r);
    for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(row[c]);
  }
  const double count = static_cast<double>(features.rows() - static_cast<Index>(missing.size()));
  std::vector<float> mean;
  for (const double total : sum) mean.push_back(static_cast<float>(total / count));
  return mean;
}
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
  if (modality.features.rows() != num_items) {
    fail<DataError>("{}: {} rows for {} items; every item needs a row (all NaN where its features are missing)", path,
                    modality.features.rows(), num_items);
  }
  if (modality.features.cols() == 0) fail<DataError>("{}: the rows are empty; expected [items, width]", path);
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
  const std::vector<Index> missing = missing_rows(modality, file);
  modality.missing_rows = static_cast<Index>(missing.size());
  if (missing.empty()) return;
  Matrix<float>& features = modality.features;
  if (policy == MissingRows::error) {
    fail<DataError>("{}: row {} is missing (all NaN), {} in all; give `missing mean` or zero to fill them", file,
                    missing.front(), missing.size());
  }
  if (modality.missing_rows == features.rows()) fail<DataError>("{}: every row is missing (all NaN)", file);
  const std::vector<float> filler = policy == MissingRows::mean
                                        ? mean_row(features, missing)
                                        : std::vector<float>(static_cast<std::size_t>(features.cols()), 0.0F);
  for (const Index r : missing) std::copy(filler.begin(), filler.end(), features.row(r));
}

}  // namespace monet::data
