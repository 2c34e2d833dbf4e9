#pragma once

#include "monet/core/thread_pool.h"
#include "monet/dist/communicator.h"
#include "monet/models/options.h"
#include "monet/sharded/shard.h"
#include "monet/train/options.h"
#include "monet/train/trainer.h"

namespace monet::sharded {

/// train::train over several processes: the same batches, the same steps up to rounding, the same checkpoints and the
/// same artifact. `hooks` are asked in every process, the observer is told in process 0; what one process asks for
/// (`should_stop`, `should_finish`) all do, and by process 0's clock minutes are up. Throws as train::train in every
/// process alike, InvalidArgument for a model or an option that is trained in one process, dist::DistributedError.
/// Collective.
train::TrainResult train(dist::Communicator& world, const Shard& shard, const models::ModelOptions& model,
                         const train::TrainOptions& options, ThreadPool& pool, const train::TrainHooks& hooks = {});

/// Throws as `train` does before it has looked at the data: whether the artifact may be written, and the model trained.
/// Collective.
void check_before_loading(dist::Communicator& world, const models::ModelOptions& model,
                          const train::TrainOptions& options);

}  // namespace monet::sharded
