#pragma once

#include "monet/models/model.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace monet::models {

/// What is known of a model before it is made. One is made for each model in its own file, by `registration_of`, and
/// listed by one word in this folder's CMakeLists.txt (CONTRIBUTING.md: how to add a model).
struct Registration {
  std::string_view name;          // on the command line
  std::string summary;            // one line, for `monet models`
  bool trained = true;            // false: computed at once
  bool serves_new_users = false;  // `recommend` with a history of somebody never seen, with default options
  TrainingDefaults training;
  TuningGrid grid;  // what it is searched over unless told otherwise; empty: nothing
  /// Settings with which it takes part in a race of all models (`monet auto`), the most promising first; empty: it
  /// takes no part unless it is asked for.
  std::vector<Setting> portfolio;
  std::span<const OptionInfo> options;

  std::function<std::vector<Value>()> defaults;
  std::function<std::unique_ptr<Model>(const ModelOptions&, const data::Dataset&, const graph::Bipartite&, ThreadPool&)>
      make;
  std::function<bool(const ModelOptions&)> needs_features;
  std::function<void(ModelOptions&, const TensorShapes&)> take_sizes;
  std::function<std::size_t(const ModelOptions&, const data::Dataset&)> training_bytes;

  static void assign(ModelOptions& options, std::vector<Value> values) { options.values_ = std::move(values); }
};

/// Every model, in the order of the documentation.
std::span<const Registration* const> registrations();
/// Throws InvalidArgument for an unknown name, with the nearest right one.
const Registration& registration(std::string_view name);

/// What a model says of itself beside its options.
struct ModelCard {
  std::string summary;
  TrainingDefaults training;
  TuningGrid grid;
  bool serves_new_users = false;
  std::vector<Setting> portfolio = {};
};

/// The typed options of a model: M::Options.
template <class M>
typename M::Options typed(const ModelOptions& options) {
  return M::option_set().make(options.values());
}

/// The inverse: what travels, of typed options.
template <class M>
ModelOptions options_of(const typename M::Options& options) {
  ModelOptions out(M::kName);
  Registration::assign(out, M::option_set().values(M::option_set().checked(options, M::kName)));
  return out;
}

/// Registers a class with `kName`, `kTrained`, `Options`, `option_set()`, a constructor from Options, dataset, graph
/// and pool, and static `needs_features(Options)`, `take_sizes(Options&, TensorShapes)` and `training_bytes(Options,
/// Dataset)`.
template <class M>
Registration registration_of(ModelCard card) {
  Registration r;
  r.name = M::kName;
  r.summary = std::move(card.summary);
  r.trained = M::kTrained;
  r.serves_new_users = card.serves_new_users;
  r.training = card.training;
  r.grid = std::move(card.grid);
  r.portfolio = std::move(card.portfolio);
  r.options = M::option_set().infos();
  r.defaults = [] { return M::option_set().values(M::option_set().defaults()); };
  r.make = [](const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
              ThreadPool& pool) { return std::make_unique<M>(typed<M>(options), dataset, graph, pool); };
  r.needs_features = [](const ModelOptions& options) { return M::needs_features(typed<M>(options)); };
  r.take_sizes = [](ModelOptions& options, const TensorShapes& shapes) {
    typename M::Options own = typed<M>(options);
    M::take_sizes(own, shapes);
    options = options_of<M>(own);
  };
  r.training_bytes = [](const ModelOptions& options, const data::Dataset& dataset) {
    return M::training_bytes(typed<M>(options), dataset);
  };
  return r;
}

}  // namespace monet::models
