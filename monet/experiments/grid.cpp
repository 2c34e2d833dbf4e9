#include "monet/experiments/grid.h"

#include "monet/core/error.h"
#include "monet/core/rng.h"

#include <algorithm>
#include <set>

namespace monet::experiments {

namespace {

constexpr std::uint64_t kMostCombinations = 100'000;
constexpr std::uint64_t kStream = 4;

using Values = std::vector<std::string>;

// MONET, WSDM 2024, Section 5.1: the ranges in which the paper searched every method.
// NOLINTBEGIN(cert-err58-cpp): only memory can fail here.
const Values kRates = {"0.0001", "0.0005", "0.001", "0.005", "0.01"};
const Values kWeightDecays = {"0", "0.00001", "0.0001", "0.001", "0.01"};
const Values kLayers = {"1", "2", "3", "4"};
// NOLINTEND(cert-err58-cpp)

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

Grid default_grid(std::string_view model) {
  // What MMRec (github.com/enoche/MMRec, src/configs/model) searches for a model is taken where its paper's ranges are
  // not those of MONET's Section 5.1.
  // Ours: the literature has no common ranges for the two.
  if (model == "itemknn")
    return {{"neighbours", {"0", "20", "50", "100", "200"}}, {"shrink", {"0", "10", "50", "200"}}};
  if (model == "p3alpha") return {{"neighbours", {"0", "20", "50", "100", "200"}}};
  if (model == "mf") return {{"learning-rate", kRates}, {"weight-decay", kWeightDecays}};
  if (model == "ngcf") {
    // MONET's ranges, layers as wide as the embeddings; message dropout none, or the NGCF paper's 0.1.
    return {{"learning-rate", kRates},
            {"weight-decay", kWeightDecays},
            {"layer-widths", {"64", "64,64", "64,64,64", "64,64,64,64"}},
            {"dropout", {"0", "0.1"}}};
  }
  if (model == "lightgcn") {
    // MMRec: LightGCN's layers and weights; the rates are MONET's.
    return {{"learning-rate", kRates},
            {"weight-decay", {"0.01", "0.001", "0.0001", "0.00001", "0.000001"}},
            {"layers", kLayers}};
  }
  if (model == "vbpr") {
    // MMRec: VBPR's weights.
    return {{"learning-rate", kRates}, {"weight-decay", {"2", "1", "0.1", "0.01", "0.001", "0.0001", "0.00001"}}};
  }
  if (model == "mmgcn") {
    // MMRec: MMGCN's rates and weights. It has three layers always, as published.
    return {{"learning-rate", kRates}, {"weight-decay", {"0", "0.00001", "0.0001", "0.001", "0.01", "0.1"}}};
  }
  if (model == "grcn") {
    // MMRec: GRCN's weights and rates, without 1 and 0.1, which nobody else considers.
    return {{"learning-rate", {"0.01", "0.001", "0.0001"}},
            {"weight-decay", {"0.1", "0.01", "0.001", "0.0001", "0.00001"}}};
  }
  if (model == "lattice") {
    // MMRec: LATTICE's rates and weights.
    return {{"learning-rate", {"0.0001", "0.0005", "0.001", "0.005"}},
            {"weight-decay", {"0", "0.00001", "0.0001", "0.001"}}};
  }
  if (model == "mario") {
    // MONET's ranges, and the weight of the loss that MARIO is about.
    return {{"learning-rate", kRates}, {"weight-decay", kWeightDecays}, {"preservation", {"0.01", "0.1", "1"}}};
  }
  if (model == "monet") return {{"learning-rate", kRates}, {"weight-decay", kWeightDecays}, {"layers", kLayers}};
  return {};
}

Grid free_grid(const Method& method, const std::vector<std::string>& train_arguments) {
  Grid grid = default_grid(method.model);
  std::erase_if(grid, [&](const auto& entry) {
    const std::string& name = entry.first;
    return std::any_of(method.options.begin(), method.options.end(), [&](const auto& o) { return o.first == name; }) ||
           std::any_of(train_arguments.begin(), train_arguments.end(),
                       [&](const std::string& argument) { return argument.starts_with("--" + name + "="); });
  });
  return grid;
}

std::vector<OptionValues> combinations(const Grid& grid) {
  const std::uint64_t total = count(grid);
  if (total > kMostCombinations) {
    fail<InvalidArgument>("the grid has {} combinations, more than {}; draw some of them with --random", total,
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
