#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace monet::experiments::race {

/// The decisions of a race by successive halving, as functions of what is known: in each round ("rung") those that are
/// still in train for equal times, and the better half goes on.

/// A validation of a training.
struct CurvePoint {
  int epoch = 0;
  double seconds = 0.0;  // of training, until then
  double value = 0.0;
};

/// How a candidate stands after a rung.
struct Standing {
  std::string family;             // the name of its model
  double value = 0.0;             // of the metric of the race, the best so far
  std::vector<CurvePoint> curve;  // in the order of time; may be of another metric
};

/// What the value is likely to be once the candidate has had twice its time: curves rise about with the logarithm of
/// time, so that the next doubling brings what the last one brought. With c(t) the best of the curve up to t, and t the
/// time so far: value · (2 − c(t/2) / c(t)). Before the first validation c is that of the first.
double expected(const Standing& standing);

/// Those that go on, in the order given: the better half (rounded up) by what is expected of them, and no fewer than
/// `finalists`; after the first rung also the best of each family, so that none is judged by its start alone. Of equals
/// the first.
std::vector<std::size_t> survivors(std::span<const Standing> standings, std::size_t finalists, bool first_rung);

/// Rungs that `entrants` have before them, the last with `finalists` or fewer: 15, 8, 4, 3 are four.
int rungs_left(std::size_t entrants, std::size_t finalists);

/// Processes at a time and threads of each, on so many processors: one thread for each while there are enough
/// candidates, otherwise the processors shared out.
struct Sharing {
  int parallel = 1;
  int threads = 1;
};
Sharing share(std::size_t entrants, int processors);

/// Seconds that each of `entrants` trains in the next of `rungs` rungs, each of which has an equal part of the
/// `remaining` wall time. `overhead`: what a process needs beside training, in seconds. At least a tenth of what it
/// would be without the overhead.
double slice_seconds(double remaining, int rungs, std::size_t entrants, int processors, double overhead);

}  // namespace monet::experiments::race
