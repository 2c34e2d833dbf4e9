#include "monet/train/rebuild.h"

#include "monet/core/error.h"
#include "monet/core/rng.h"
#include "monet/train/initial_parameters.h"

#include <vector>

namespace monet::train {

namespace {

[[noreturn]] void fail_unknown(const artifact::Config& config, const InvalidArgument& error) {
  fail<DataError>("an artifact of monet {} that this version cannot rebuild: {}", config.program_version, error.what());
}

}  // namespace

models::ModelOptions recorded_options(const artifact::Config& config) {
  try {
    models::ModelOptions options(config.model);
    for (const auto& [name, value] : config.hyper_parameters) {
      // How it was trained stands beside how it was made.
      if (find_option(options.infos(), name) != nullptr) options.set(name, value);
    }
    return options;
  } catch (const InvalidArgument& error) {
    fail_unknown(config, error);
  }
}

TrainOptions recorded_schedule(const artifact::Config& config) {
  try {
    const OptionSet<TrainOptions>& set = schedule_options();
    std::vector<Value> values = set.values(TrainOptions::for_model(config.model));
    for (const auto& [name, value] : config.hyper_parameters) {
      const OptionInfo* info = find_option(set.infos(), name);
      if (info == nullptr) continue;
      values[static_cast<std::size_t>(info - set.infos().data())] = checked_option(*info, value);
    }
    return set.make(values);
  } catch (const InvalidArgument& error) {
    fail_unknown(config, error);
  }
}

std::unique_ptr<models::Model> rebuild_model(const artifact::Artifact& artifact, const data::Dataset& dataset,
                                             const graph::Bipartite& graph, ThreadPool& pool) {
  auto model = models::make_model(recorded_options(artifact.config()), dataset, graph, pool);
  if (!model->trained()) return model;
  Rng rng(TrainOptions().seed);
  model->initialise(rng);  // what the artifact does not know
  load_initial_parameters(artifact.path(), dataset, *model);
  return model;
}

}  // namespace monet::train
