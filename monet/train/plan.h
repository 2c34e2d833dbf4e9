#pragma once

#include "monet/data/dataset.h"
#include "monet/models/model.h"
#include "monet/train/trainer.h"

#include <string>
#include <vector>

namespace monet::train {

/// Batch, steps and learning rate of a training, decided before it starts.
struct Plan {
  Index batch_size = 0;
  Index steps_per_epoch = 0;
  double learning_rate = 0.0;  // at epoch 0

  /// The rate of an epoch: learning_rate · decay^(epoch / decay_epochs).
  double rate(int epoch, const TrainOptions& options) const;
};

/// With a given batch size B: ⌊n_train / B⌋ + 1 steps an epoch. With `--batch-size auto`: the smallest multiple of
/// 1,024 that keeps an epoch at `kAutoSteps` steps or fewer, but no more than the users that can be drawn; the learning
/// rate grows with the square root of B / 1,024 (docs/benchmarks.md has its effect on recall).
Plan make_plan(Index num_train, Index num_drawable_users, const TrainOptions& options);
inline constexpr Index kAutoSteps = 64;

/// Throws InvalidArgument for options outside their domain: "[train] --learning-rate 0: must be above 0".
void check_options(const TrainOptions& options);

/// Estimated bytes of a training at its peak: dataset, parameters, moments, activations, one ranking tile.
std::size_t estimated_bytes(const data::Dataset& dataset, const models::Model& model);

/// Throws InvalidArgument with both numbers when the estimate is more than the machine can give.
void check_memory(std::size_t bytes, std::size_t available);

}  // namespace monet::train
