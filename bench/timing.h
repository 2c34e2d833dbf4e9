#pragma once

#include <time.h>

#include <algorithm>
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

/// Whether `now` counts the calling thread's processor time in place of the wall's: on a machine with other work the
/// wall counts that too. Only for one thread.
inline bool& cpu_clock() {
  static bool on = false;
  return on;
}

inline double now() {
  timespec time{};
  clock_gettime(cpu_clock() ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// `before` runs ahead of each repetition and is not counted.
template <class Before, class Body>
Timings time(int repetitions, Before&& before, Body&& body) {
  Timings timings;
  body();
  for (int r = 0; r < repetitions; ++r) {
    before();
    const double start = now();
    body();
    timings.seconds.push_back(now() - start);
  }
  std::sort(timings.seconds.begin(), timings.seconds.end());
  return timings;
}

template <class Body>
Timings time(int repetitions, Body&& body) {
  return time(
      repetitions, [] {}, body);
}

}  // namespace monet::bench
