#include "monet/blend/write_blend.h"

#include "monet/artifact/folder_kind.h"
#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/mapped_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace monet::blend {

namespace {

namespace fs = std::filesystem;
namespace names = artifact::names;
using artifact::Artifact;

void copy_file_to(const fs::path& from, const fs::path& to) {
  files::write_file(to, files::MappedFile(from).text());
}

void copy_part(const Artifact& part, const fs::path& folder) {
  fs::create_directories(folder);
  for (const std::string_view name :
       {names::kConfigFile, names::kModelFile, names::kUsersFile, names::kItemsFile, names::kLogFile}) {
    copy_file_to(part.path() / name, folder / name);
  }
  // A training may have replaced the part while it was copied.
  const Artifact copied = Artifact::open(folder);
  if (copied.config().data_hash != part.config().data_hash || copied.config().model != part.config().model ||
      copied.config().validation != part.config().validation) {
    fail<DataError>("{}: has changed while it was read; blend again", part.path().string());
  }
}

/// Modalities that some part was trained with: they are loaded with the data, and its hash covers them.
std::vector<artifact::ModalityInfo> modalities_of(std::span<const Artifact> parts) {
  std::vector<artifact::ModalityInfo> modalities;
  for (const Artifact& part : parts) {
    for (const artifact::ModalityInfo& modality : part.config().modalities) {
      const bool known = std::any_of(modalities.begin(), modalities.end(),
                                     [&](const artifact::ModalityInfo& other) { return other.name == modality.name; });
      if (modality.features > 0 && !known) modalities.push_back({modality.name, modality.features, -1, 0});
    }
  }
  return modalities;
}

std::string joined(std::span<const Artifact> parts) {
  std::vector<std::string> models;
  for (const Artifact& part : parts) models.push_back(part.config().model);
  return fmt::format("{}", fmt::join(models, ", "));
}

artifact::Config config_of(const BlendContents& contents) {
  artifact::Config config = contents.parts.front().config();
  config.program_version = artifact::program_version();
  config.model = scoring::to_string(scoring::ScoreKind::blend);
  config.kind = scoring::ScoreKind::blend;
  config.beta = 0.0F;
  config.embedding_width = 0;
  config.modalities = modalities_of(contents.parts);
  config.hyper_parameters = {{"parts", joined(contents.parts)},
                             {"by", std::string(scoring::to_string(contents.by))},
                             {"weights", fmt::format("{:.4g}", fmt::join(contents.weights, ", "))}};
  config.training = {{"weights", contents.search ? "chosen" : "given"}};
  if (contents.search) {
    const WeightSearch& search = *contents.search;
    config.training.emplace_back("chosen_by", search.metric);
    config.training.emplace_back("trials", static_cast<std::int64_t>(search.blends.size()));
    config.training.emplace_back("users", search.num_users);
    config.training.emplace_back("best_part", search.alone[search.best_alone].value);
    config.training.emplace_back("blended", search.blends[search.best_blend].value);
    config.training.emplace_back("gain", search.gain);
    config.training.emplace_back("p", search.test.p);
  }
  config.training.insert(config.training.end(), contents.training.begin(), contents.training.end());
  config.validation = contents.validation;
  config.test = contents.test;
  config.blend_weights = contents.weights;
  config.blend_by = contents.by;
  return config;
}

/// A line for each weights that were tried.
std::string log_of(const BlendContents& contents) {
  std::string text;
  if (!contents.search) return text;
  for (const std::vector<Trial>* trials : {&contents.search->alone, &contents.search->blends}) {
    for (const Trial& trial : *trials) {
      const nlohmann::ordered_json line{{"weights", trial.weights}, {contents.search->metric, trial.value}};
      text += line.dump() + "\n";
    }
  }
  return text;
}

artifact::FileRecord record_of(const fs::path& file) {
  return {static_cast<std::int64_t>(fs::file_size(file)), files::hash_file(file)};
}

}  // namespace

files::OutputTarget blend_target(const fs::path& path, std::span<const fs::path> sources, bool force) {
  return {path, force, &artifact::artifact_folder(), {sources.begin(), sources.end()}, false, {}};
}

void write_blend(const fs::path& path, const BlendContents& contents, std::span<const fs::path> sources, bool force) {
  const bool weighed = std::all_of(contents.weights.begin(), contents.weights.end(),
                                   [](double weight) { return weight > 0.0 && std::isfinite(weight); });
  if (contents.parts.size() < 2 || contents.parts.size() > scoring::kMostParts ||
      contents.weights.size() != contents.parts.size() || !weighed) {
    fail<InternalError>("[blend] {} parts with {} weights, expected 2 to {} with a weight above 0 each",
                        contents.parts.size(), contents.weights.size(), scoring::kMostParts);
  }
  std::vector<fs::path> read(sources.begin(), sources.end());
  for (const Artifact& part : contents.parts) read.push_back(part.path());
  files::OutputFolder directory(blend_target(path, read, force));
  const Artifact& first = contents.parts.front();
  for (const std::string_view name : {names::kUsersFile, names::kItemsFile}) {
    copy_file_to(first.path() / name, directory.path() / name);
  }
  files::write_file(directory.path() / names::kLogFile, log_of(contents));
  std::vector<std::string> recorded{std::string(names::kUsersFile), std::string(names::kItemsFile),
                                    std::string(names::kLogFile)};
  for (std::size_t m = 0; m < contents.parts.size(); ++m) {
    const std::string folder = names::part_folder(m);
    copy_part(contents.parts[m], directory.path() / folder);
    recorded.push_back(folder + "/" + std::string(names::kConfigFile));
  }
  artifact::FileRecords records;
  for (const std::string& name : recorded) records[name] = record_of(directory.path() / name);
  files::write_file(directory.path() / names::kConfigFile, artifact::write_config(config_of(contents), records));
  directory.commit();
}

}  // namespace monet::blend
