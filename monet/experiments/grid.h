#pragma once

#include "monet/experiments/method.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::experiments {

/// Values to try, by option: {"alpha", {"0", "0.5", "1"}}.
using Grid = models::TuningGrid;

/// The grid of a method's model (its registration's) without the options that the method or `shared` (the options of
/// all trainings) fix. Empty for a model without options.
Grid free_grid(const Method& method, const OptionValues& shared);
/// The same of another grid.
Grid free_grid(Grid grid, const Method& method, const OptionValues& shared);

/// Every combination, the last option varying fastest. Throws InvalidArgument when there are more than 100,000.
std::vector<OptionValues> combinations(const Grid& grid);
/// `count` different combinations drawn by the seed, in the order drawn; all of them when there are no more.
std::vector<OptionValues> draw_combinations(const Grid& grid, int count, std::uint64_t seed);

}  // namespace monet::experiments
