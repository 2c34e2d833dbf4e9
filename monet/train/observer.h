#pragma once

#include "monet/core/view.h"

#include <string>
#include <vector>

namespace monet::train {

/// State of a running training, for progress display.
struct Progress {
  int epoch = 0;
  int epochs = 0;
  Index step = 0;  // within the epoch, done so far
  Index steps_per_epoch = 0;
  double loss = 0.0;  // running mean of the epoch
  double steps_per_second = 0.0;
  double best_recall = 0.0;  // validation recall@20 so far
  int best_epoch = -1;
};

/// One validation.
struct Validation {
  int epoch = 0;
  double loss = 0.0;  // mean over the epoch
  double recall20 = 0.0;
  double ndcg20 = 0.0;
  double learning_rate = 0.0;
  double seconds = 0.0;  // since training began
  bool best = false;
};

/// Receives progress; called on the training thread. Default: silence.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Once the input is accepted and the memory estimate passed; `lines` are ready to print.
  virtual void on_start(const std::vector<std::string>& /*lines*/) {}
  virtual void on_step(const Progress& /*progress*/) {}
  virtual void on_validation(const Validation& /*validation*/) {}
};

}  // namespace monet::train
