#pragma once

#include "monet/core/view.h"

#include <span>
#include <vector>

namespace monet::eval {

/// `bins` + 1 evenly spaced edges from the smallest to the largest number in all of `sets`; NaN is passed over. A range
/// of one number is widened to ±0.5 around it. Empty when there is no number.
std::vector<double> even_edges(std::span<const std::span<const double>> sets, int bins);

/// How many values lie in [edges[b], edges[b+1]), the last bin including its end. NaN and values outside are not
/// counted. O(values log bins).
std::vector<Index> counts(std::span<const double> values, std::span<const double> edges);

}  // namespace monet::eval
