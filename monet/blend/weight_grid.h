#pragma once

#include <cstddef>
#include <vector>

namespace monet::blend {

using Weights = std::vector<double>;  // one for each part, from 0, with sum 1

/// All weights of `parts` >= 1 parts in steps of 1 / `steps`, those of a single part left out: 9 of two parts in
/// tenths, 63 of three.
std::vector<Weights> weight_grid(std::size_t parts, int steps = 10);

/// Divided by their sum. Throws InvalidArgument unless there are `parts` of them, each from 0, at least two above 0.
Weights normalised(Weights weights, std::size_t parts);

/// All weight on part `part` of `parts`.
Weights alone(std::size_t part, std::size_t parts);

}  // namespace monet::blend
