#pragma once

#include "monet/artifact/artifact.h"
#include "monet/core/thread_pool.h"
#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"
#include "monet/models/model.h"
#include "monet/train/options.h"

#include <memory>

namespace monet::train {

/// The options of the model that an artifact holds, from its config.json. Throws DataError for a model or an option
/// that this version does not know.
models::ModelOptions recorded_options(const artifact::Config& config);

/// How it was trained, from the same: the options of schedule_options(); the model's defaults where it says nothing.
/// Throws as recorded_options.
TrainOptions recorded_schedule(const artifact::Config& config);

/// The model that an artifact holds, with its options and its parameters, to go on with. `dataset`, `graph` and `pool`
/// must outlive it; users and items are found by their ids (load_initial_parameters). Throws as recorded_options,
/// make_model and load_initial_parameters.
std::unique_ptr<models::Model> rebuild_model(const artifact::Artifact& artifact, const data::Dataset& dataset,
                                             const graph::Bipartite& graph, ThreadPool& pool);

}  // namespace monet::train
