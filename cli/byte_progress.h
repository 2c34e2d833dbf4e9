#pragma once

#include "monet/input/observer.h"

#include <chrono>
#include <string>

namespace monet::cli {

/// Shows on a terminal how far a file is read; nothing elsewhere.
class ByteProgress : public input::Observer {
 public:
  ByteProgress();
  /// Clears the bar.
  ~ByteProgress() override;
  void on_bytes(const std::string& file, Index done, Index total) override;
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point last_;
  Clock::time_point start_;
  std::string file_;
};

}  // namespace monet::cli
