#include "monet/train/write_artifact.h"

#include "monet/artifact/artifact.h"
#include "monet/artifact/folder_kind.h"
#include "monet/artifact/id_table.h"
#include "monet/artifact/tensor_names.h"
#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/safetensors.h"

#include <algorithm>
#include <map>
#include <span>

namespace monet::train {

namespace {

namespace fs = std::filesystem;
namespace names = artifact::names;

bool equal(MatrixView<const float> a, MatrixView<const float> b) {
  for (Index r = 0; r < a.rows; ++r) {
    if (!std::equal(a.row(r), a.row(r) + a.cols, b.row(r))) return false;
  }
  return true;
}

/// The dataset's modalities (and `collaborative`), with their columns if the fused embeddings are their concatenation.
std::vector<artifact::ModalityInfo> modality_columns(const ArtifactContents& contents) {
  std::vector<artifact::ModalityInfo> modalities;
  for (const data::Modality& modality : contents.dataset->modalities) {
    modalities.push_back({modality.name, modality.features.cols(), -1, 0});
  }
  const MatrixView<const float> items = contents.scoring.item_embedding;
  std::vector<artifact::ModalityInfo> blocks;
  Index next = 0;
  for (const models::NamedTensor& tensor : contents.tensors) {
    if (!tensor.name.starts_with(names::kModalityPrefix)) continue;
    const MatrixView<const float> value = tensor.value;
    if (value.rows != items.rows || next + value.cols > items.cols) return modalities;
    if (!equal(value, items.columns(next, value.cols))) return modalities;
    const std::string name = tensor.name.substr(names::kModalityPrefix.size());
    const auto known =
        std::find_if(modalities.begin(), modalities.end(), [&](const auto& m) { return m.name == name; });
    blocks.push_back({name, known == modalities.end() ? 0 : known->features, next, value.cols});
    next += value.cols;
  }
  return blocks.empty() || next != items.cols ? modalities : blocks;
}

void check(const ArtifactContents& contents) {
  if (contents.dataset == nullptr) fail<InternalError>("[artifact] contents without a dataset");
  const scoring::Scoring& scoring = contents.scoring;
  const Index users = contents.dataset->num_users();
  const Index items = contents.dataset->num_items();
  const bool embeddings = !scoring.user_embedding.empty() || !scoring.item_embedding.empty();
  const bool embeddings_fit = scoring.user_embedding.rows == users && scoring.item_embedding.rows == items &&
                              scoring.user_embedding.cols == scoring.item_embedding.cols;
  if (scoring.history.rows != users || scoring.history.cols != items || (embeddings && !embeddings_fit) ||
      contents.dataset->user_ids.size() != static_cast<std::size_t>(users) ||
      contents.dataset->item_ids.size() != static_cast<std::size_t>(items)) {
    fail<InternalError>(
        "[artifact] history [{}, {}], user embeddings [{}, {}], item embeddings [{}, {}], {} user ids and {} "
        "item ids do not fit the dataset's {} users and {} items",
        scoring.history.rows, scoring.history.cols, scoring.user_embedding.rows, scoring.user_embedding.cols,
        scoring.item_embedding.rows, scoring.item_embedding.cols, contents.dataset->user_ids.size(),
        contents.dataset->item_ids.size(), users, items);
  }
}

/// What an item without features of a modality is given, as loading does with its row: the mean of all rows (in which
/// rows that were filled with the mean change nothing), or zeros; nothing where such rows are refused.
std::vector<float> missing_row(const data::Dataset& dataset, const std::string& modality) {
  const auto policy = dataset.load_options.find("missing");
  if (policy != dataset.load_options.end() && policy->second == "error") return {};
  for (const data::Modality& known : dataset.modalities) {
    if (known.name != modality) continue;
    std::vector<double> sums(static_cast<std::size_t>(known.features.cols()), 0.0);
    if (policy == dataset.load_options.end() || policy->second == "mean") {
      for (Index r = 0; r < known.features.rows(); ++r) {
        for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(known.features.row(r)[c]);
      }
    }
    std::vector<float> row;
    for (const double sum : sums) row.push_back(static_cast<float>(sum / static_cast<double>(known.features.rows())));
    return row;
  }
  fail<InternalError>("[artifact] new items need features of {}, which the dataset does not have", modality);
}

/// Vectors that `writer` views.
using MissingRows = std::map<std::string, std::vector<float>>;

void add_new_items(files::SafetensorsWriter& writer, const ArtifactContents& contents, MissingRows& missing) {
  if (!contents.new_items) return;
  const auto add = [&](const std::string& name, const auto& vector) {
    if (!vector.empty()) writer.add(name, std::span(vector.data(), vector.size()));
  };
  for (const scoring::NewItemMap::Modality& modality : contents.new_items->modalities) {
    writer.add(names::new_item_part("weight", modality.name), modality.weight);
    add(names::new_item_part("bias", modality.name), modality.bias);
    add(names::new_item_part("center", modality.name), modality.center);
    add(names::new_item_part("scale", modality.name), modality.scale);
    const std::vector<float>& row = missing[modality.name] = missing_row(*contents.dataset, modality.name);
    add(names::new_item_part("missing", modality.name), row);
    for (const data::Modality& known : contents.dataset->modalities) {
      if (known.name != modality.name || known.recipe.empty()) continue;
      writer.add(std::string(names::kRecipePrefix) + known.name, files::Dtype::u8,
                 {static_cast<Index>(known.recipe.size())}, std::as_bytes(std::span(known.recipe)));
    }
  }
  for (const scoring::NewItemMap::Table& table : contents.new_items->tables) {
    const std::string prefix = std::string(names::kNewItemPrefix) + table.name;
    writer.add(prefix + ".weight", table.weight);
    add(prefix + ".bias", table.bias);
  }
}

artifact::NewItems new_items_config(const std::optional<scoring::NewItemMap>& given) {
  artifact::NewItems config;
  if (!given) return config;
  const scoring::NewItemMap& map = *given;
  for (const scoring::NewItemMap::Modality& modality : map.modalities) config.modalities.push_back(modality.name);
  for (const scoring::NewItemMap::Table& table : map.tables) config.tables.push_back(table.name);
  config.unit_rows = map.unit_rows;
  config.blocks = map.blocks;
  config.length = static_cast<double>(map.length);
  config.prior = static_cast<double>(map.prior);
  return config;
}

void write_tensors(const fs::path& file, const ArtifactContents& contents) {
  files::SafetensorsWriter writer;
  if (contents.parameters != nullptr) {
    for (const models::Parameter& parameter : contents.parameters->parameters()) {
      if (parameter.is_vector) {
        writer.add(parameter.name, std::span<const float>(parameter.value.row_span(0)));
      } else {
        writer.add(parameter.name, parameter.value);
      }
    }
  }
  for (const models::NamedTensor& tensor : contents.tensors) writer.add(tensor.name, tensor.value);
  const scoring::Scoring& scoring = contents.scoring;
  if (!scoring.user_embedding.empty()) {
    writer.add(std::string(names::kUserEmbedding), scoring.user_embedding);
    writer.add(std::string(names::kItemEmbedding), scoring.item_embedding);
  }
  if (!scoring.item_prior.empty()) writer.add(std::string(names::kItemPrior), scoring.item_prior);
  writer.add(std::string(names::kHistoryIndptr), scoring.history.indptr);
  writer.add(std::string(names::kHistoryIndices), scoring.history.indices);
  if (scoring.kind == scoring::ScoreKind::item_similarity) {
    writer.add(std::string(names::kSimilarityIndptr), scoring.similarity.indptr);
    writer.add(std::string(names::kSimilarityIndices), scoring.similarity.indices);
    writer.add(std::string(names::kSimilarityValues), scoring.similarity_values);
  }
  if (scoring.kind == scoring::ScoreKind::pairwise) {
    writer.add(std::string(names::kPairwiseWeight), scoring.attention.weight);
    writer.add(std::string(names::kPairwiseBias), scoring.attention.bias);
    writer.add(std::string(names::kPairwiseVector), scoring.attention.vector);
  }
  MissingRows missing;
  add_new_items(writer, contents, missing);
  writer.write(file);
}

artifact::Config config_of(const ArtifactContents& contents) {
  artifact::Config config = config_without_data(contents);
  config.num_users = contents.dataset->num_users();
  config.num_items = contents.dataset->num_items();
  config.num_interactions = contents.scoring.history.nnz();
  config.modalities = modality_columns(contents);
  config.data_name = contents.dataset->name;
  config.data_hash = contents.dataset->hash;
  config.data_options = contents.dataset->load_options;
  config.id_types = contents.dataset->id_types;
  return config;
}

}  // namespace

artifact::Config config_without_data(const ArtifactContents& contents) {
  artifact::Config config;
  config.program_version = artifact::program_version();
  config.model = contents.model;
  config.kind = contents.scoring.kind;
  config.beta = contents.scoring.beta;
  config.embedding_width = contents.scoring.user_embedding.cols;
  config.hyper_parameters = contents.hyper_parameters;
  config.validation = contents.validation;
  config.test = contents.test;
  config.training = contents.training;
  config.new_items = new_items_config(contents.new_items);
  return config;
}

void write_config_and_log(const fs::path& folder, const artifact::Config& config, const std::string& log) {
  files::write_file(folder / names::kLogFile, log);
  artifact::FileRecords records;
  for (const std::string_view name : {names::kModelFile, names::kUsersFile, names::kItemsFile, names::kLogFile}) {
    const fs::path file = folder / name;
    records[std::string(name)] = {static_cast<std::int64_t>(fs::file_size(file)), files::hash_file(file)};
  }
  files::write_file(folder / names::kConfigFile, artifact::write_config(config, records));
}

files::OutputTarget artifact_target(const fs::path& path, bool force) {
  return {path, force, &artifact::artifact_folder(), {}, false, {}};
}

void write_artifact(const fs::path& path, const ArtifactContents& contents, bool force) {
  check(contents);
  files::OutputFolder directory(artifact_target(path, force));
  write_tensors(directory.path() / names::kModelFile, contents);
  const data::Dataset& dataset = *contents.dataset;
  files::write_file(directory.path() / names::kUsersFile, artifact::write_ids(dataset.user_ids, {}));
  files::write_file(directory.path() / names::kItemsFile, artifact::write_ids(dataset.item_ids, dataset.items.titles));
  write_config_and_log(directory.path(), config_of(contents), contents.train_log);
  directory.commit();
}

}  // namespace monet::train
