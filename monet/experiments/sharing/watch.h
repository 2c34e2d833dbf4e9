#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace monet::experiments::sharing {

enum class Life {
  quiet,    // there, and not heard of since the last look
  beating,  // heard of since then
  dead,     // not heard of for as long as it says itself that it may be silent
  gone      // has left
};

/// Tells by the signs of life of others (pulse.h) who is alive. Only the watcher's own clock counts, and only time in
/// which it really looked: clocks of two machines are never compared, and one that was suspended takes nobody for dead
/// when it wakes.
class Watch {
 public:
  /// Seconds on a clock that only goes on.
  using Clock = std::function<double()>;
  Watch();
  explicit Watch(Clock clock);

  Life look(const std::filesystem::path& sign);
  /// Those that were found dead so far.
  std::vector<std::filesystem::path> dead() const;

 private:
  struct Seen {
    std::string beat;
    double timeout = 0.0;
    double silent = 0.0;  // seconds in which we looked
    double looked = 0.0;
  };
  Clock clock_;
  std::map<std::filesystem::path, Seen> seen_;
};

}  // namespace monet::experiments::sharing
