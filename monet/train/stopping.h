#pragma once

#include "monet/train/checkpoint.h"
#include "monet/train/options.h"

#include <string_view>

namespace monet::train {

/// When a training ends: after its epochs, steps or minutes, or when validation has not gained for too long. Decides
/// only; what it decides from is in the TrainState, which checkpoints hold.
class Stopping {
 public:
  /// `options` must outlive this.
  explicit Stopping(const TrainOptions& options) : options_(&options) {}

  /// Whether epochs, steps or minutes are used up. `seconds`: of training so far. Minutes that only pause a training
  /// do not end it.
  bool limit_reached(const TrainState& state, double seconds) const;
  bool out_of_steps(const TrainState& state) const;
  bool out_of_time(const TrainState& state, double seconds) const;

  /// Notes the recall of the validation after `epoch`; true when it is the best so far. The state is finished when the
  /// last `patience` validations brought no gain.
  bool note(TrainState& state, int epoch, double recall) const;
  /// The limit that a training met while it still gained, by the name of its option, "stopped" where somebody asked; ""
  /// where validation had stopped gaining, and where no validation could have ended it.
  std::string_view ended_by(const TrainState& state, bool stopped, bool validates) const;
  /// A resumed training goes on when a limit that had ended it was raised.
  void reopen(TrainState& state, double seconds) const;

 private:
  const TrainOptions* options_;
};

}  // namespace monet::train
