#pragma once

#include "monet/autograd/tape.h"
#include "monet/core/rng.h"
#include "monet/models/model.h"
#include "monet/train/checkpoint.h"
#include "monet/train/optimizer.h"
#include "monet/train/plan.h"
#include "monet/train/sampler.h"

#include <functional>

namespace monet::train {

/// The steps of an epoch: draws a batch, computes its loss and gradients, moves the parameters. Where it stands is in
/// the TrainState, so that an epoch can be gone on with anywhere.
class Epoch {
 public:
  /// All must outlive this. `tape` is used for every step.
  Epoch(models::Model& model, autograd::Tape& tape, Sampler& sampler, const TrainOptions& options, const Plan& plan)
      : model_(&model), tape_(&tape), sampler_(&sampler), options_(&options), plan_(&plan) {}

  /// Called after each step with the mean loss of the epoch so far; false ends the epoch early.
  using AfterStep = std::function<bool(double mean_loss)>;
  /// Called before each step; true: Interrupted is thrown, with the state as the last step left it.
  using ShouldStop = std::function<bool()>;

  /// Runs from `state.step` to the end of the epoch at learning rate `rate`. `rng` draws the batches. Throws
  /// Interrupted, and DataError for a loss that is not finite, naming step, learning rate and what to try.
  void run(TrainState& state, Adam& optimizer, Rng& rng, double rate, const AfterStep& after_step,
           const ShouldStop& should_stop);

 private:
  void draw(const TrainState& state, Rng& rng);
  std::uint64_t step_seed(const TrainState& state) const;

  models::Model* model_;
  autograd::Tape* tape_;
  Sampler* sampler_;
  const TrainOptions* options_;
  const Plan* plan_;
  Sampler::Triples triples_;
};

}  // namespace monet::train
