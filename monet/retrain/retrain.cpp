#include "monet/retrain/retrain.h"

#include "monet/artifact/artifact.h"
#include "monet/core/error.h"
#include "monet/core/files/output_folder.h"
#include "monet/data/load.h"
#include "monet/data/load_record.h"
#include "monet/models/registry.h"
#include "monet/train/rebuild.h"
#include "monet/train/write_artifact.h"

#include <optional>
#include <utility>
#include <vector>

namespace monet::retrain {

namespace {

namespace fs = std::filesystem;

std::vector<Expected> expected_of(const artifact::Config& config) {
  std::vector<Expected> expected;
  for (const artifact::ModalityInfo& modality : config.modalities) {
    if (modality.features > 0) expected.push_back({modality.name, modality.features});
  }
  return expected;
}

std::optional<data::Dataset> base_of(const RetrainOptions& options, const artifact::Config& config) {
  if (options.data.empty()) return std::nullopt;
  data::LoadOptions load;
  data::apply_record(config.data_options, load);
  load.modalities.emplace();
  for (const Expected& modality : expected_of(config)) load.modalities->push_back(modality.name);
  return data::load(options.data, load);
}

/// As the artifact was trained, beside the place and the start.
train::TrainOptions training_of(const RetrainOptions& options, const artifact::Config& config) {
  train::TrainOptions training = train::recorded_schedule(config);
  training.seed = options.seed;
  training.max_minutes = options.max_minutes;
  training.out = candidate_path(options.artifact);
  training.force = true;
  if (models::registration(config.model).trained) training.init = options.artifact;
  return training;
}

/// Puts one artifact in the place of another.
void exchange(const fs::path& candidate, const fs::path& artifact) {
  files::OutputFolder folder(train::artifact_target(artifact, true));
  for (const fs::directory_entry& entry : fs::directory_iterator(candidate)) {
    std::error_code error;
    fs::rename(entry.path(), folder.path() / entry.path().filename(), error);
    if (error) fail<IoError>("{}: cannot be moved: {}", entry.path().string(), error.message());
  }
  folder.commit();
  std::error_code error;
  fs::remove_all(candidate, error);  // empty by now
}

}  // namespace

fs::path candidate_path(const fs::path& artifact) {
  return artifact::beside(artifact, ".retrained");
}

RetrainResult retrain(const RetrainOptions& options, ThreadPool& pool, const train::TrainHooks& hooks) {
  RetrainResult result;
  result.candidate = candidate_path(options.artifact);
  std::optional<recommend::Recommender> in_use = recommend::Recommender::open(options.artifact);
  const artifact::Config& config = in_use->artifact().config();
  if (config.kind == scoring::ScoreKind::blend) {
    fail<DataError>("{}: a blend; train its parts anew and blend them", options.artifact.string());
  }
  result.model = config.model;
  const models::ModelOptions model = train::recorded_options(config);
  const train::TrainOptions training = training_of(options, config);
  const auto store = store::open_store(options.store, store::Access::read);
  const Grown grown = retrain::grown(base_of(options, config), expected_of(config),
                                     describe::recipes_of(in_use->artifact()), *store, options.grow);
  result.new_users = grown.new_users;
  result.new_items = grown.new_items;
  result.new_interactions = grown.new_interactions;
  if (grown.test.empty()) {
    fail<DataError>("{}: no user has an event to hold out beyond what {} was trained on; record more first",
                    store->name(), options.artifact.string());
  }
  result.training = train::train(grown.dataset, model, training, pool, hooks);
  {
    const recommend::Recommender candidate = recommend::Recommender::open(result.candidate);
    result.comparison = compare(pool, *in_use, candidate, grown, options.k);
  }
  in_use.reset();
  if (options.swap && result.comparison.not_worse(options.margin)) {
    exchange(result.candidate, options.artifact);
    result.swapped = true;
  }
  return result;
}

}  // namespace monet::retrain
