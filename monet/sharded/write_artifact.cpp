#include "monet/sharded/write_artifact.h"

#include "monet/artifact/artifact.h"
#include "monet/artifact/id_table.h"
#include "monet/artifact/tensor_names.h"
#include "monet/dist/collectives.h"
#include "monet/sharded/joint_file.h"
#include "monet/sharded/tables.h"
#include "monet/sharded/together.h"

#include <map>
#include <utility>

namespace monet::sharded {

namespace fs = std::filesystem;
namespace names = artifact::names;

namespace {

// What an item without features of a modality is given (train/write_artifact.cpp), of the rows of all processes.
std::vector<float> mean_row(dist::Communicator& world, const Shard& shard, const data::Modality& modality) {
  const auto policy = shard.load_options.find("missing");
  if (policy != shard.load_options.end() && policy->second == "error") return {};
  std::vector<double> sums(static_cast<std::size_t>(modality.features.cols()), 0.0);
  if (policy == shard.load_options.end() || policy->second == "mean") {
    for (Index r = 0; r < modality.features.rows(); ++r) {
      for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(modality.features.row(r)[c]);
    }
    dist::all_reduce(world, std::span(sums));
  }
  std::vector<float> row;
  for (const double sum : sums) row.push_back(static_cast<float>(sum / static_cast<double>(shard.num_items())));
  return row;
}

// Vectors that a file views until it is written.
using MeanRows = std::map<std::string, std::vector<float>>;
using Recipes = std::map<std::string, std::string>;

void add_new_items(JointTensors& file, dist::Communicator& world, const Shard& shard, const scoring::NewItemMap& map,
                   MeanRows& means, Recipes& recipes) {
  const auto add_vector = [&](const std::string& name, const auto& vector) {
    const std::span values(vector.data(), vector.size());
    if (!values.empty()) file.add_whole(world, name, {static_cast<Index>(values.size())}, values);
  };
  const auto add_matrix = [&](const std::string& name, MatrixView<const float> values) {
    file.add_rows(name, values.rows, 0, world.is_first() ? values : values.row_range(0, 0));
  };
  for (const scoring::NewItemMap::Modality& modality : map.modalities) {
    add_matrix(names::new_item_part("weight", modality.name), modality.weight);
    add_vector(names::new_item_part("bias", modality.name), modality.bias);
    add_vector(names::new_item_part("center", modality.name), modality.center);
    add_vector(names::new_item_part("scale", modality.name), modality.scale);
    for (const data::Modality& known : shard.modalities) {
      if (known.name != modality.name) continue;
      add_vector(names::new_item_part("missing", modality.name), means[known.name] = mean_row(world, shard, known));
      std::string& recipe = recipes[known.name] = known.recipe;
      dist::broadcast(world, recipe);
      if (recipe.empty()) continue;
      file.add(std::string(names::kRecipePrefix) + known.name, files::Dtype::u8, {static_cast<Index>(recipe.size())}, 0,
               world.is_first() ? std::as_bytes(std::span(recipe)) : std::span<const std::byte>());
    }
  }
  for (const scoring::NewItemMap::Table& table : map.tables) {
    const std::string prefix = std::string(names::kNewItemPrefix) + table.name;
    add_matrix(prefix + ".weight", table.weight);
    add_vector(prefix + ".bias", table.bias);
  }
}

void write_tensors(const ArtifactParts& parts, const fs::path& path) {
  Model& model = *parts.model;
  dist::Communicator& world = model.world();
  const Shard& shard = model.shard();
  const dist::Share users = shard.partition.users.of(world.rank());
  const dist::Share items = shard.partition.items.of(world.rank());
  JointTensors file;
  for (const models::Parameter& parameter : model.parameters().parameters()) {
    add_parameter(file, model, parameter.name, parameter, parameter.value, true);
  }
  for (const models::NamedTensor& tensor : parts.own->tensors) {
    file.add_rows(tensor.name, shard.num_items(), items.begin, tensor.value);
  }
  const scoring::Scoring& own = parts.own->scoring;
  file.add_rows(std::string(names::kUserEmbedding), shard.num_users(), users.begin, own.user_embedding);
  file.add_rows(std::string(names::kItemEmbedding), shard.num_items(), items.begin, own.item_embedding);
  if (!parts.prior.empty()) {
    file.add_whole(world, std::string(names::kItemPrior), {shard.num_items()}, parts.prior);
  }
  // Offsets of the whole: 0 is the first process's, each has the ends of its rows.
  const Index before = dist::sum_before(world, shard.train.nnz());
  std::vector<Index> offsets;
  for (const Index offset : shard.train.indptr().subspan(world.is_first() ? 0 : 1)) offsets.push_back(before + offset);
  file.add(std::string(names::kHistoryIndptr), files::Dtype::i64, {shard.num_users() + 1},
           world.is_first() ? 0 : users.begin + 1, std::as_bytes(std::span(offsets)));
  file.add(std::string(names::kHistoryIndices), files::Dtype::i32, {shard.num_train}, before,
           std::as_bytes(shard.train.indices()));
  MeanRows means;
  Recipes recipes;
  if (parts.contents.new_items) add_new_items(file, world, shard, *parts.contents.new_items, means, recipes);
  file.write(world, path);
}

std::string without_header(const std::string& text) {
  return text.substr(text.find('\n') + 1);
}

void write_ids(dist::Communicator& world, const fs::path& path, std::span<const std::string> ids,
               std::span<const std::string> titles) {
  // All processes must agree on whether there are titles, whoever has none because it has no item.
  const bool titled = dist::all_reduced(world, titles.empty() ? 0 : 1, dist::Reduction::largest) > 0;
  const std::vector<std::string> none(titled ? ids.size() : 0);
  std::string text = artifact::write_ids(ids, titles.empty() ? std::span<const std::string>(none) : titles);
  if (titled && ids.empty()) text = "id\ttitle\n";
  write_joint_text(world, path, world.is_first() ? text : without_header(text));
}

std::vector<artifact::ModalityInfo> modality_columns(const ArtifactParts& parts) {
  std::vector<artifact::ModalityInfo> known;
  for (const data::Modality& modality : parts.model->shard().modalities) {
    known.push_back({modality.name, modality.features.cols(), -1, 0});
  }
  std::vector<artifact::ModalityInfo> blocks;
  Index next = 0;
  for (const models::NamedTensor& tensor : parts.own->tensors) {
    if (!tensor.name.starts_with(names::kModalityPrefix)) continue;
    const std::string name = tensor.name.substr(names::kModalityPrefix.size());
    Index features = 0;
    for (const artifact::ModalityInfo& modality : known) {
      if (modality.name == name) features = modality.features;
    }
    blocks.push_back({name, features, next, tensor.value.cols});
    next += tensor.value.cols;
  }
  return blocks.empty() ? known : blocks;
}

artifact::Config config_of(const ArtifactParts& parts) {
  const Shard& shard = parts.model->shard();
  train::ArtifactContents contents = parts.contents;
  contents.scoring = parts.own->scoring;
  artifact::Config config = train::config_without_data(contents);
  config.num_users = shard.num_users();
  config.num_items = shard.num_items();
  config.num_interactions = shard.num_train;
  config.modalities = modality_columns(parts);
  config.data_name = shard.name;
  config.data_hash = shard.hash;
  config.data_options = shard.load_options;
  return config;
}

}  // namespace

void write_artifact(const ArtifactParts& parts, const fs::path& path, bool force) {
  dist::Communicator& world = parts.model->world();
  const Shard& shard = parts.model->shard();
  std::optional<files::OutputFolder> directory;
  std::string folder;
  together(world, [&] {
    if (!world.is_first()) return;
    directory.emplace(train::artifact_target(path, force));
    folder = directory->path().string();
  });
  dist::broadcast(world, folder);
  write_tensors(parts, fs::path(folder) / names::kModelFile);
  write_ids(world, fs::path(folder) / names::kUsersFile, shard.user_ids, {});
  write_ids(world, fs::path(folder) / names::kItemsFile, shard.item_ids, shard.items.titles);
  together(world, [&] {
    if (!world.is_first()) return;
    train::write_config_and_log(folder, config_of(parts), parts.contents.train_log);
    directory->commit();
  });
}

}  // namespace monet::sharded
