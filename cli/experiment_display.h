#pragma once

#include "monet/experiments/experiment.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace monet::cli {

/// Shows an experiment on stderr: one line when a run starts and one when it ends; on a terminal, between them, a bar
/// that is redrawn (runs done, and what the running ones say), and for a race the table of its candidates
/// (standings.h).
class ExperimentDisplay : public experiments::ExperimentObserver {
 public:
  /// `notes`: lines about the data, printed once the input is accepted.
  explicit ExperimentDisplay(std::vector<std::string> notes);
  /// Clears the bar.
  ~ExperimentDisplay() override;

  void on_start(const std::vector<std::string>& lines) override;
  void on_run_start(const std::string& name) override;
  void on_progress(std::size_t done, std::size_t total, const std::vector<experiments::RunningRun>& running) override;
  void on_run_end(const std::string& name, const experiments::Run& run) override;
  void on_line(const std::string& line) override;
  void on_standings(const std::vector<experiments::race::Entrant>& entrants, const std::string& metric,
                    const std::vector<experiments::RunningRun>& running,
                    const experiments::race::Budget& budget) override;
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  /// Whether it is time to draw again; clears what is drawn.
  bool due();

  std::vector<std::string> notes_;
  bool terminal_;
  std::size_t lines_above_ = 0;  // of what is drawn, above the cursor
  bool shown_ = false;
  Clock::time_point last_;
};

/// After Ctrl-C: clears what is drawn and throws Interrupted, which says that the same command goes on from `out`.
[[noreturn]] void fail_resumable(ExperimentDisplay& display, const std::filesystem::path& out);

}  // namespace monet::cli
