#pragma once

#include "monet/data/dataset.h"
#include "monet/models/options.h"
#include "monet/train/options.h"

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

/// With a given batch size B: ⌊n_train / B⌋ + 1 steps an epoch (⌈n_train / B⌉ when interactions are
/// sampled). With batch size auto: the smallest multiple of 1,024 that keeps an epoch at `kAutoSteps` steps or fewer,
/// but no more than the users that can be drawn; the learning rate grows with the square root of B / 1,024
/// (docs/benchmarks.md has its effect on recall).
Plan make_plan(Index num_train, Index num_drawable_users, const TrainOptions& options);
inline constexpr Index kAutoSteps = 64;

/// The validation users of a training: rows of `validation` without the users that are not among `count` drawn ones.
/// All of them for count 0 or when there are no more.
Csr validation_sample(const Csr& validation, Index count, std::uint64_t seed);

/// Estimated bytes that a training takes beyond the dataset, at its peak: the graph, what the model holds
/// (models::training_bytes) and ranking tiles.
std::size_t estimated_bytes(const data::Dataset& dataset, const models::ModelOptions& model);

/// Throws InvalidArgument with model, users, items and both numbers when the estimate, `bytes`, is more than the
/// machine can give, and names what of the model's options would take less. `available` 0: unknown, nothing is refused.
void check_memory(const data::Dataset& dataset, const models::ModelOptions& model, std::size_t bytes,
                  std::size_t available);

}  // namespace monet::train
