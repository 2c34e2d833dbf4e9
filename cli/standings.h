#pragma once

#include "monet/experiments/experiment.h"
#include "monet/experiments/race/budget.h"
#include "monet/experiments/race/entrant.h"

#include <cstddef>
#include <string>
#include <vector>

namespace monet::cli {

/// A race as lines of at most a terminal's height: the time, then a table of those that still stand, the best by the
/// metric first (candidate, value, epochs, time of training, what it does), and how many are out.
std::vector<std::string> standings(const std::vector<experiments::race::Entrant>& entrants, const std::string& metric,
                                   const std::vector<experiments::RunningRun>& running,
                                   const experiments::race::Budget& budget, std::size_t height);

}  // namespace monet::cli
