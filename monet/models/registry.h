#pragma once

// The registry is declared in monet/models/model.h (make_model, model_names); this header exists for who adds a model.

#include "monet/models/model.h"

namespace monet::models {

/// One registered model: its name on the command line and how it is made.
struct Registration {
  std::string_view name;
  std::unique_ptr<Model> (*make)(const ModelOptions& options, const data::Dataset& dataset,
                                 const graph::Bipartite& graph, ThreadPool& pool);
};

/// Every model, in the order of the documentation.
std::span<const Registration> registrations();

}  // namespace monet::models
