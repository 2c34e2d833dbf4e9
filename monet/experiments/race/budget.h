#pragma once

#include <algorithm>
#include <chrono>

namespace monet::experiments::race {

/// Wall time that an experiment has, over all the times that it was begun.
class Budget {
 public:
  /// `before`: seconds that were used when it was interrupted.
  Budget(double seconds, double before)
      : seconds_(seconds), before_(before), started_(std::chrono::steady_clock::now()) {}

  double total() const { return seconds_; }
  /// What was used before this time.
  double before() const { return before_; }
  double used() const {
    return before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }
  /// At least 0.
  double left() const { return left_until(seconds_); }
  /// Until so many seconds are used; at least 0.
  double left_until(double seconds) const { return std::max(seconds - used(), 0.0); }

 private:
  double seconds_;
  double before_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace monet::experiments::race
