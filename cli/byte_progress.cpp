#include "cli/byte_progress.h"

#include "cli/progress.h"
#include "cli/say.h"
#include "cli/table.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace monet::cli {

namespace {
constexpr auto kBytesRedraw = std::chrono::milliseconds(100);
constexpr std::size_t kNameColumns = 30;
}  // namespace

ByteProgress::ByteProgress() : terminal_(::isatty(STDERR_FILENO) == 1), last_(Clock::now()) {}

ByteProgress::~ByteProgress() {
  clear();
}

void ByteProgress::on_bytes(const std::string& file, Index done, Index total) {
  if (!terminal_) return;
  const Clock::time_point now = Clock::now();
  if (file != file_) {
    file_ = file;
    start_ = now;
  }
  if (now - last_ < kBytesRedraw) return;
  last_ = now;
  shown_ = true;
  const double share = total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) : 1.0;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double left = share > 0.0 ? seconds * (1.0 - share) / share : 0.0;
  say("\r{} {} {:3.0f} % of {:.1f} MB  {} left\x1b[K", fitted(file, kNameColumns), bar_cells(share), 100.0 * share,
      1e-6 * static_cast<double>(total), clock_text(left));
  std::fflush(stderr);
}

void ByteProgress::clear() {
  if (!shown_) return;
  say("\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace monet::cli
