#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace monet::bench {

/// Seconds of each repetition after one that is not counted, ascending: front() is the fastest, median() the one to
/// quote.
struct Timings {
  std::vector<double> seconds;
  double median() const { return seconds[seconds.size() / 2]; }
  double fastest() const { return seconds.front(); }
  double slowest() const { return seconds.back(); }
};

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class Body>
Timings time(int repetitions, Body&& body) {
  Timings timings;
  body();
  for (int r = 0; r < repetitions; ++r) {
    const double start = now();
    body();
    timings.seconds.push_back(now() - start);
  }
  std::sort(timings.seconds.begin(), timings.seconds.end());
  return timings;
}

}  // namespace monet::bench
