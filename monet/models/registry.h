#pragma once

// The registry's public side is declared in monet/models/model.h (make_model, model_names, …); this header exists for
// who adds a model.

#include "monet/models/model.h"

namespace monet::models {

/// One registered model: its name on the command line, how it is made, and what is known of it before that. A model
/// class has static members of the same names.
struct Registration {
  std::string_view name;
  std::unique_ptr<Model> (*make)(const ModelOptions& options, const data::Dataset& dataset,
                                 const graph::Bipartite& graph, ThreadPool& pool);
  ModelSettings (*defaults)();
  std::span<const std::string_view> (*option_names)();
  void (*take_sizes)(ModelOptions& options, const TensorShapes& parameters);
  std::size_t (*training_bytes)(const ModelOptions& options, const data::Dataset& dataset);
};

/// Every model, in the order of the documentation.
std::span<const Registration> registrations();

}  // namespace monet::models
