#include "monet/eval/artifact_data.h"

#include "monet/core/error.h"
#include "monet/data/load_record.h"

#include <utility>

namespace monet::eval {

data::LoadOptions load_options_for(const artifact::Artifact& artifact, data::LoadOptions load, bool force) {
  const artifact::Config& config = artifact.config();
  data::apply_record(config.data_options, load);
  if (!load.modalities && !force) {
    load.modalities.emplace();
    for (const artifact::ModalityInfo& modality : config.modalities) {
      if (modality.features > 0) load.modalities->push_back(modality.name);
    }
  }
  return load;
}

void require_data_of(const artifact::Artifact& artifact, const std::filesystem::path& path, Index num_users,
                     Index num_items, const std::string& hash, bool force, bool may_force) {
  const artifact::Config& config = artifact.config();
  if (num_users != config.num_users || num_items != config.num_items) {
    fail<DataError>("{}: {} users and {} items, but {} was trained on {} and {}; give the data it was trained on",
                    path.string(), num_users, num_items, artifact.path().string(), config.num_users, config.num_items);
  }
  if (hash != config.data_hash && !force) {
    fail<DataError>("{}: not the data {} was trained on (hash {}, not {}); give that with the same data options{}",
                    path.string(), artifact.path().string(), hash, config.data_hash, may_force ? ", or `force`" : "");
  }
}

data::Dataset load_data_of(const artifact::Artifact& artifact, const std::filesystem::path& path,
                           data::LoadOptions load, bool force, bool may_force) {
  data::Dataset dataset = data::load(path, load_options_for(artifact, std::move(load), force));
  require_data_of(artifact, path, dataset.num_users(), dataset.num_items(), dataset.hash, force, may_force);
  return dataset;
}

}  // namespace monet::eval
