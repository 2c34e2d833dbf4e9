#include "monet/train/stopping.h"

namespace monet::train {

bool Stopping::out_of_steps(const TrainState& state) const {
  return options_->max_steps > 0 && state.total_steps >= options_->max_steps;
}

bool Stopping::out_of_time(const TrainState& state, double seconds) const {
  constexpr double kSecondsPerMinute = 60.0;
  return options_->max_minutes > 0.0 && state.total_steps > 0 && seconds >= options_->max_minutes * kSecondsPerMinute;
}

bool Stopping::limit_reached(const TrainState& state, double seconds) const {
  return state.epoch >= options_->epochs || out_of_steps(state) || (!options_->pause && out_of_time(state, seconds));
}

bool Stopping::note(TrainState& state, int epoch, double recall) const {
  if (recall > state.best_recall) {
    state.best_recall = recall;
    state.best_epoch = epoch;
    state.without_gain = 0;
    return true;
  }
  if (++state.without_gain >= options_->patience) state.finished = true;
  return false;
}

std::string_view Stopping::ended_by(const TrainState& state, bool stopped, bool validates) const {
  if (state.without_gain >= options_->patience) return "";
  if (stopped) return "stopped";
  if (out_of_steps(state)) return "max_steps";
  if (state.epoch < options_->epochs) return "max_minutes";
  return validates ? "epochs" : "";
}

void Stopping::reopen(TrainState& state, double seconds) const {
  if (state.finished && state.without_gain < options_->patience && !limit_reached(state, seconds)) {
    state.finished = false;
  }
}

}  // namespace monet::train
