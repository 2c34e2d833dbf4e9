#include "monet/models/registry.h"

#include "monet/core/error.h"
#include "monet/core/nearest.h"
#include "monet/models/grcn.h"
#include "monet/models/item_knn.h"
#include "monet/models/lattice.h"
#include "monet/models/lightgcn.h"
#include "monet/models/mario.h"
#include "monet/models/mf.h"
#include "monet/models/mmgcn.h"
#include "monet/models/monet.h"
#include "monet/models/ngcf.h"
#include "monet/models/p3alpha.h"
#include "monet/models/popularity.h"
#include "monet/models/vbpr.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace monet::models {

namespace {

template <class M>
std::unique_ptr<Model> make(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
                            ThreadPool& pool) {
  return std::make_unique<M>(options, dataset, graph, pool);
}

template <class M>
constexpr Registration registration(std::string_view name) {
  return {name, &make<M>, &M::defaults, &M::option_names, &M::take_sizes, &M::training_bytes};
}

constexpr std::array kModels{
    registration<Popularity>("popularity"),
    registration<ItemKnn>("itemknn"),
    registration<P3Alpha>("p3alpha"),
    registration<Mf>("mf"),
    registration<Ngcf>("ngcf"),
    registration<LightGcn>("lightgcn"),
    registration<Vbpr>("vbpr"),
    registration<Mmgcn>("mmgcn"),
    registration<Grcn>("grcn"),
    registration<Lattice>("lattice"),
    registration<Mario>("mario"),
    registration<Monet>("monet"),
};

const Registration& find(std::string_view name) {
  const auto found =
      std::find_if(kModels.begin(), kModels.end(), [&](const Registration& r) { return r.name == name; });
  if (found != kModels.end()) return *found;
  const std::vector<std::string> names(model_names().begin(), model_names().end());
  fail<InvalidArgument>("[model] there is no model '{}'{}; known: {}", name, did_you_mean(name, names),
                        fmt::join(names, ", "));
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
  return find(name).make(options, dataset, graph, pool);
}

ModelSettings default_settings(std::string_view name) {
  return find(name).defaults();
}

std::span<const std::string_view> model_option_names(std::string_view name) {
  return find(name).option_names();
}

ModelOptions with_sizes_of(std::string_view name, ModelOptions options, const TensorShapes& parameters) {
  find(name).take_sizes(options, parameters);
  return options;
}

std::size_t training_bytes(std::string_view name, const ModelOptions& options, const data::Dataset& dataset) {
  return find(name).training_bytes(options, dataset);
}

}  // namespace monet::models
