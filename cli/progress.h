#pragma once

#include "monet/train/trainer.h"

#include <chrono>
#include <string>
#include <vector>

namespace monet::cli {

/// Seconds as "1:02:03" or "2:03".
std::string clock_text(double seconds);
/// A bar of 20 cells, `share` of them filled.
std::string bar_cells(double share);
/// Columns of the terminal that stderr is, 80 where that is not known.
std::size_t terminal_width();
/// Its lines, 24 where that is not known.
std::size_t terminal_height();

/// Shows training on stderr: on a terminal a bar that is redrawn (epoch, loss, recall, steps/s, time left at most, for
/// early stopping may end it sooner); always one line per validation.
class TrainDisplay : public train::Observer {
 public:
  /// `notes`: lines about the data, printed once the input is accepted.
  explicit TrainDisplay(std::vector<std::string> notes);
  /// Clears the bar.
  ~TrainDisplay() override;

  void on_start(const std::vector<std::string>& lines) override;
  void on_step(const train::Progress& progress) override;
  void on_validation(const train::Validation& validation) override;
  /// Removes the bar, so that other lines can follow.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::vector<std::string> notes_;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point last_;
};

/// The bar for a terminal `width` columns wide (without control sequences).
std::string bar_text(const train::Progress& progress, std::size_t width);

}  // namespace monet::cli
