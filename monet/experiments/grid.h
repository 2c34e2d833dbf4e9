#pragma once

#include "monet/experiments/method.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monet::experiments {

/// Values to try, by option: {"alpha", {"0", "0.5", "1"}}.
using Grid = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// The grid a model is searched over unless told otherwise: MONET's is its paper's, the others' are those of their
/// papers or of the toolbox in which they are usually compared (grid.cpp names each source). Empty for a model without
/// options.
Grid default_grid(std::string_view model);
/// The default grid of a method's model without the options that the method or the arguments of all trainings
/// ("--epochs=20") fix.
Grid free_grid(const Method& method, const std::vector<std::string>& train_arguments);

/// Every combination, the last option varying fastest. Throws InvalidArgument when there are more than 100,000.
std::vector<OptionValues> combinations(const Grid& grid);
/// `count` different combinations drawn by the seed, in the order drawn; all of them when there are no more.
std::vector<OptionValues> draw_combinations(const Grid& grid, int count, std::uint64_t seed);

}  // namespace monet::experiments
