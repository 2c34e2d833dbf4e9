#include "monet/blend/weight_grid.h"

#include "monet/core/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace monet::blend {

namespace {

/// Appends what `given`, which sums to steps - left, goes on to.
void extend(std::vector<int>& given, int left, std::size_t parts, int steps, std::vector<Weights>& grid) {
  if (given.size() + 1 == parts) {
    given.push_back(left);
    if (std::count_if(given.begin(), given.end(), [](int share) { return share > 0; }) > 1) {
      Weights& weights = grid.emplace_back();
      for (const int share : given) weights.push_back(static_cast<double>(share) / steps);
    }
    given.pop_back();
    return;
  }
  for (int share = left; share >= 0; --share) {
    given.push_back(share);
    extend(given, left - share, parts, steps, grid);
    given.pop_back();
  }
}

}  // namespace

std::vector<Weights> weight_grid(std::size_t parts, int steps) {
  std::vector<Weights> grid;
  std::vector<int> given;
  extend(given, steps, parts, steps, grid);
  return grid;
}

Weights normalised(Weights weights, std::size_t parts) {
  if (weights.size() != parts) {
    fail<InvalidArgument>("[blend] {} `weights` for {} artifacts; give one for each", weights.size(), parts);
  }
  for (const double weight : weights) {
    if (!(weight >= 0.0 && std::isfinite(weight))) {
      fail<InvalidArgument>("[blend] `weights`: {} is not a number from 0", weight);
    }
  }
  if (std::count_if(weights.begin(), weights.end(), [](double weight) { return weight > 0.0; }) < 2) {
    fail<InvalidArgument>("[blend] `weights`: fewer than two are above 0, which is no blend");
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

Weights alone(std::size_t part, std::size_t parts) {
  Weights weights(parts, 0.0);
  weights[part] = 1.0;
  return weights;
}

}  // namespace monet::blend
