#include "monet/models/registry.h"

#include "monet/core/error.h"
#include "monet/models/monet.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace monet::models {

namespace {

template <class M>
std::unique_ptr<Model> make(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
                            ThreadPool& pool) {
  return std::make_unique<M>(options, dataset, graph, pool);
}

constexpr std::array kModels{Registration{"monet", &make<Monet>}};

/// Insertions, deletions and replacements from a to b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Registration> registrations() {
  return kModels;
}

std::span<const std::string_view> model_names() {
  static const auto names = [] {
    std::array<std::string_view, kModels.size()> out;
    std::transform(kModels.begin(), kModels.end(), out.begin(), [](const Registration& r) { return r.name; });
    return out;
  }();
  return names;
}

std::unique_ptr<Model> make_model(std::string_view name, const ModelOptions& options, const data::Dataset& dataset,
                                  const graph::Bipartite& graph, ThreadPool& pool) {
  std::string_view nearest;
  std::size_t distance = std::numeric_limits<std::size_t>::max();
  std::string known;
  for (const auto& model : kModels) {
    if (model.name == name) return model.make(options, dataset, graph, pool);
    known += (known.empty() ? "" : ", ") + std::string(model.name);
    if (const std::size_t d = edit_distance(name, model.name); d < distance) {
      distance = d;
      nearest = model.name;
    }
  }
  const bool near = distance <= std::max(name.size(), nearest.size()) / 2;
  fail<InvalidArgument>("[model] there is no model '{}'{}; known: {}", name,
                        near ? fmt::format("; did you mean '{}'?", nearest) : std::string(), known);
}

}  // namespace monet::models
