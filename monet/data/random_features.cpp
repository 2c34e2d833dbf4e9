#include "monet/data/random_features.h"

#include "monet/core/files/atomic.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/written_files.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace monet::data {

namespace {
namespace fs = std::filesystem;

constexpr const char* kRandomFormat = "monet-random-features";

std::optional<files::WrittenFiles> noted_in(const fs::path& folder) {
  auto record = files::read_folder_record(folder / kRandomFeatures, kRandomFormat);
  return record ? std::move(record->files) : std::nullopt;
}
}  // namespace

void note_random_features(const fs::path& folder, const std::string& modality) {
  const auto before = noted_in(folder);
  files::WrittenFiles written = before ? *before : files::WrittenFiles();
  const std::string name = modality + "_feat.npy";
  written[name] = {static_cast<std::int64_t>(fs::file_size(folder / name)), files::hash_file(folder / name)};
  nlohmann::ordered_json json = {{"format", kRandomFormat}, {"version", 1}};
  json["written"] = nlohmann::ordered_json::parse(files::to_json(written));
  files::write_file(folder / kRandomFeatures, json.dump(2) + "\n");
}

files::Owns owns_random_features(const fs::path& folder) {
  auto noted = noted_in(folder);
  return noted ? files::owns_unchanged(folder, kRandomFeatures, std::move(*noted)) : files::Owns();
}

const files::FolderKind& random_features_folder() {
  static const files::FolderKind kind{kRandomFeatures, owns_random_features};
  return kind;
}

}  // namespace monet::data
