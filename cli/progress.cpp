#include "cli/progress.h"

#include "cli/say.h"
#include "cli/table.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace monet::cli {

namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr std::size_t kBarCells = 20;
constexpr std::size_t kDefaultWidth = 80;
constexpr std::size_t kDefaultHeight = 24;

}  // namespace

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultWidth;
  return size.ws_col;
}

std::size_t terminal_height() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return kDefaultHeight;
  return size.ws_row;
}

std::string bar_cells(double share) {
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(kBarCells));
  std::string bar;
  for (std::size_t cell = 0; cell < kBarCells; ++cell) bar += cell < filled ? "█" : "░";
  return bar;
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(seconds, 0.0)));
  const long long hours = whole / 3600;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string bar_text(const train::Progress& progress, std::size_t width) {
  const double share = progress.steps_per_epoch > 0
                           ? static_cast<double>(progress.step) / static_cast<double>(progress.steps_per_epoch)
                           : 0.0;
  std::string text =
      fmt::format("epoch {}/{} {} loss {:.4f}", progress.epoch, progress.epochs, bar_cells(share), progress.loss);
  if (progress.best_epoch >= 0) {
    text += fmt::format("  best recall@20 {:.4f} (epoch {})", progress.best_recall, progress.best_epoch);
  }
  if (progress.steps_per_second > 0.0) {
    const double left =
        static_cast<double>(progress.epochs - progress.epoch) * static_cast<double>(progress.steps_per_epoch) -
        static_cast<double>(progress.step);
    text += fmt::format("  {:.1f} steps/s  ≤ {} left", progress.steps_per_second,
                        clock_text(left / progress.steps_per_second));
  }
  return fitted(text, width);
}

TrainDisplay::TrainDisplay(std::vector<std::string> notes)
    : notes_(std::move(notes)), terminal_(::isatty(STDERR_FILENO) == 1) {}

TrainDisplay::~TrainDisplay() {
  clear();
}

void TrainDisplay::on_start(const std::vector<std::string>& lines) {
  for (const std::string& line : notes_) say("{}\n", line);
  for (const std::string& line : lines) say("{}\n", line);
}

void TrainDisplay::on_step(const train::Progress& progress) {
  if (!terminal_) return;
  const Clock::time_point now = Clock::now();
  if (shown_ && now - last_ < kRedraw) return;
  last_ = now;
  shown_ = true;
  say("\r{}\x1b[K", bar_text(progress, terminal_width() - 1));
  std::fflush(stderr);
}

void TrainDisplay::on_validation(const train::Validation& validation) {
  clear();
  say("epoch {}  loss {:.4f}  recall@20 {:.4f}  ndcg@20 {:.4f}  learning rate {:.3g}  {}{}\n", validation.epoch,
      validation.loss, validation.recall20, validation.ndcg20, validation.learning_rate, clock_text(validation.seconds),
      validation.best ? "  best" : "");
}

void TrainDisplay::clear() {
  if (!shown_) return;
  say("\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace monet::cli
