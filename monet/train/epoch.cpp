#include "monet/train/epoch.h"

#include "monet/core/error.h"

#include <cmath>
#include <limits>

namespace monet::train {

namespace {
constexpr std::uint64_t kStep = 5;  // a random stream of the seed
}

void Epoch::run(TrainState& state, Adam& optimizer, Rng& rng, double rate, const AfterStep& after_step,
                const ShouldStop& should_stop) {
  if (state.step == 0) model_->begin_epoch(state.epoch);
  while (state.step < plan_->steps_per_epoch) {
    if (should_stop && should_stop()) throw Interrupted("interrupted");
    draw(state, rng);
    const auto loss = models::compute_gradients(
        *tape_, *model_, {triples_.users, triples_.positives, triples_.negatives, step_seed(state)});
    if (!std::isfinite(loss.total)) {
      fail<DataError>(
          "[train] the loss became {} at step {} of epoch {}, learning rate {:.3g}; try a lower `learning-rate`, a "
          "smaller `alpha` or fewer `layers`",
          loss.total, state.step, state.epoch, rate);
    }
    optimizer.step(tape_->pool(), rate);
    ++state.step;
    ++state.total_steps;
    state.loss_sum += loss.total;
    if (!after_step(state.loss_sum / static_cast<double>(state.step))) break;
  }
}

void Epoch::draw(const TrainState& state, Rng& rng) {
  if (options_->sampling == models::Sampling::users) {
    sampler_->draw(rng, plan_->batch_size, triples_);
  } else {
    sampler_->draw_interactions(options_->seed, state.epoch, state.step, plan_->batch_size, rng, triples_);
  }
}

// Depends on seed and step alone, so that a resumed training makes the same choices.
std::uint64_t Epoch::step_seed(const TrainState& state) const {
  Rng rng(options_->seed, kStep + (static_cast<std::uint64_t>(state.total_steps) << 8U));
  return rng.below(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace monet::train
