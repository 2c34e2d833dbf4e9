#include "cli/experiment_display.h"

#include "monet/core/error.h"
#include "monet/core/options.h"

#include "cli/progress.h"
#include "cli/say.h"
#include "cli/standings.h"
#include "cli/table.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

namespace monet::cli {

namespace {
constexpr auto kRunsRedraw = std::chrono::milliseconds(200);
}

ExperimentDisplay::ExperimentDisplay(std::vector<std::string> notes)
    : notes_(std::move(notes)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ExperimentDisplay::~ExperimentDisplay() {
  clear();
}

void ExperimentDisplay::on_start(const std::vector<std::string>& lines) {
  for (const std::string& line : notes_) say("{}\n", line);
  for (const std::string& line : lines) say("{}\n", line);
}

void ExperimentDisplay::on_run_start(const std::string& name) {
  if (terminal_) return;
  say("{}: started\n", name);
}

void ExperimentDisplay::on_progress(std::size_t done, std::size_t total,
                                    const std::vector<experiments::RunningRun>& running) {
  if (!due()) return;
  std::string text =
      fmt::format("{} {}/{}", bar_cells(static_cast<double>(done) / static_cast<double>(total)), done, total);
  for (const experiments::RunningRun& run : running) {
    text += fmt::format("  {} {}  {}", run.name, clock_text(run.seconds), run.last_line);
  }
  say("\r{}\x1b[K", fitted(text, terminal_width() - 1));
  std::fflush(stderr);
  shown_ = true;
}

bool ExperimentDisplay::due() {
  const Clock::time_point now = Clock::now();
  if (!terminal_ || (shown_ && now - last_ < kRunsRedraw)) return false;
  last_ = now;
  if (lines_above_ > 0) clear();
  return true;
}

void ExperimentDisplay::on_line(const std::string& line) {
  clear();
  say("{}\n", line);
}

void ExperimentDisplay::on_standings(const std::vector<experiments::race::Entrant>& entrants, const std::string& metric,
                                     const std::vector<experiments::RunningRun>& running,
                                     const experiments::race::Budget& budget) {
  if (!due()) return;
  const std::vector<std::string> lines = standings(entrants, metric, running, budget, terminal_height());
  std::string text;
  for (const std::string& line : lines) text += fitted(line, terminal_width() - 1) + "\n";
  say("\r\x1b[K{}", text);
  std::fflush(stderr);
  lines_above_ = lines.size();
  shown_ = true;
}

void ExperimentDisplay::on_run_end(const std::string& name, const experiments::Run& run) {
  clear();
  if (run.state != experiments::Run::State::done) {
    say("{}: failed: {}\n", name, run.error);
    return;
  }
  std::string text = fmt::format("{}: done in {}", name, clock_text(run.seconds));
  if (const auto recall = run.validation.find("recall@20"); recall != run.validation.end()) {
    text += fmt::format(", validation recall@20 {:.4f}", recall->second);
  }
  if (run.best_epoch >= 0) text += fmt::format(", best epoch {} of {}", run.best_epoch, run.epochs);
  if (!run.ended_by.empty()) text += fmt::format(", cut off by {} while it still gained", option_name(run.ended_by));
  say("{}\n", text);
}

void ExperimentDisplay::clear() {
  if (!shown_) return;
  if (lines_above_ > 0) say("\x1b[{}A", lines_above_);
  say("\r\x1b[J");
  std::fflush(stderr);
  lines_above_ = 0;
  shown_ = false;
}

void fail_resumable(ExperimentDisplay& display, const std::filesystem::path& out) {
  display.clear();
  fail<Interrupted>("interrupted; {} holds what is done, and the same command goes on from there", out.string());
}

}  // namespace monet::cli
