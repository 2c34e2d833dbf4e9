#include "monet/experiments/grid.h"

#include "monet/core/error.h"
#include "monet/core/rng.h"
#include "monet/models/registry.h"

#include <algorithm>
#include <set>

namespace monet::experiments {

namespace {

constexpr std::uint64_t kMostCombinations = 100'000;
constexpr std::uint64_t kStream = 4;

std::uint64_t count(const Grid& grid) {
  std::uint64_t product = 1;
  for (const auto& [name, values] : grid) {
    product *= values.size();
    if (product > (std::uint64_t{1} << 40U)) {
      fail<InvalidArgument>("the grid has more than 2^40 combinations; leave values out");
    }
  }
  return product;
}

/// Combination `index`, the last option varying fastest.
OptionValues combination(const Grid& grid, std::uint64_t index) {
  OptionValues options(grid.size());
  for (std::size_t n = grid.size(); n-- > 0;) {
    const auto& [name, values] = grid[n];
    options[n] = {name, values[index % values.size()]};
    index /= values.size();
  }
  return options;
}

}  // namespace

Grid free_grid(const Method& method, const OptionValues& shared) {
  return free_grid(models::registration(method.model).grid, method, shared);
}

Grid free_grid(Grid grid, const Method& method, const OptionValues& shared) {
  std::erase_if(grid, [&](const auto& entry) {
    const auto fixes = [&](const auto& option) { return option.first == entry.first; };
    return std::any_of(method.options.begin(), method.options.end(), fixes) ||
           std::any_of(shared.begin(), shared.end(), fixes);
  });
  return grid;
}

std::vector<OptionValues> combinations(const Grid& grid) {
  const std::uint64_t total = count(grid);
  if (total > kMostCombinations) {
    fail<InvalidArgument>("the grid has {} combinations, more than {}; draw some of them with `random`", total,
                          kMostCombinations);
  }
  std::vector<OptionValues> all;
  for (std::uint64_t n = 0; n < total; ++n) all.push_back(combination(grid, n));
  return all;
}

std::vector<OptionValues> draw_combinations(const Grid& grid, int wanted, std::uint64_t seed) {
  const std::uint64_t total = count(grid);
  if (total <= static_cast<std::uint64_t>(wanted)) return combinations(grid);
  Rng rng(seed, kStream);
  std::set<std::uint64_t> drawn;
  std::vector<OptionValues> trials;
  while (static_cast<int>(trials.size()) < wanted) {
    const std::uint64_t index = rng.below(total);
    if (drawn.insert(index).second) trials.push_back(combination(grid, index));
  }
  return trials;
}

}  // namespace monet::experiments
