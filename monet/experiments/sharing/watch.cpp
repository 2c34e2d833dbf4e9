#include "monet/experiments/sharing/watch.h"

#include "monet/experiments/sharing/pulse.h"
#include "monet/experiments/sharing/terms.h"

#include <system_error>
#include <algorithm>
#include <chrono>
#include <utility>

namespace monet::experiments::sharing {

namespace {

double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Watch::Watch() : Watch(monotonic_seconds) {}

Watch::Watch(Clock clock) : clock_(std::move(clock)) {}

Life Watch::look(const std::filesystem::path& file) {
  const auto sign = read_sign(file);
  if (!sign) {
    std::error_code error;
    if (std::filesystem::exists(file, error) || error) return Life::quiet;  // it could not be read just now
    seen_.erase(file);
    return Life::gone;
  }
  const double now = clock_();
  const auto [found, is_new] = seen_.try_emplace(file);
  Seen& seen = found->second;
  if (is_new) {
    seen = {sign->beat, read_terms(sign->text).timeout_seconds, 0.0, now};
    return Life::quiet;
  }
  const double gap = now - std::exchange(seen.looked, now);
  if (sign->beat != seen.beat) {
    seen.beat = sign->beat;
    seen.silent = 0.0;
    return Life::beating;
  }
  constexpr double kMostOfTimeout = 0.25;  // that one gap between two looks counts
  seen.silent += std::min(gap, kMostOfTimeout * seen.timeout);
  return seen.silent >= seen.timeout ? Life::dead : Life::quiet;
}

std::vector<std::filesystem::path> Watch::dead() const {
  std::vector<std::filesystem::path> dead;
  for (const auto& [file, seen] : seen_) {
    if (seen.silent >= seen.timeout) dead.push_back(file);
  }
  return dead;
}

}  // namespace monet::experiments::sharing
