#include "monet/experiments/automatic/portfolio.h"

#include "monet/experiments/experiment.h"
#include "monet/models/model.h"
#include "monet/models/registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace monet::experiments::automatic {

namespace {

void add_settings(std::vector<Method>& methods, const models::Registration& model, bool asked) {
  for (const models::Setting& setting : model.portfolio) {
    methods.push_back(make_method(std::string(model.name), setting));
  }
  if (asked && model.portfolio.empty()) methods.push_back(make_method(std::string(model.name)));
}

std::vector<Method> methods_of(const std::vector<Method>& asked) {
  std::vector<Method> methods;
  if (asked.empty()) {
    for (const models::Registration* model : models::registrations()) add_settings(methods, *model, false);
    return methods;
  }
  for (const Method& method : asked) {
    if (method.options.empty()) {
      add_settings(methods, models::registration(method.model), true);
    } else {
      methods.push_back(method);
    }
  }
  // A setting may be asked for beside the model that names it.
  std::vector<Method> distinct;
  for (Method& method : methods) {
    const bool again =
        std::any_of(distinct.begin(), distinct.end(), [&](const Method& other) { return other.label == method.label; });
    if (!again) distinct.push_back(std::move(method));
  }
  return distinct;
}

}  // namespace

std::vector<race::Entrant> candidates(const data::Dataset& dataset, const std::vector<Method>& asked,
                                      std::uint64_t memory, std::uint64_t seed, const std::filesystem::path& out) {
  std::vector<race::Entrant> entrants;
  for (const Method& method : methods_of(asked)) {
    race::Entrant entrant;
    entrant.name = method.label;
    entrant.family = method.model;
    entrant.spec.method = method;
    entrant.spec.seed = seed;
    entrant.spec.test = false;
    entrant.spec.data_hash = dataset.hash;
    entrant.spec.folder = out / "runs" / slug(method.label);
    entrant.trained = models::registration(method.model).trained;
    const models::ModelOptions model = settings_of(method).model;
    constexpr double kGigabyte = 1e9;
    if (dataset.modalities.empty() && models::needs_features(model)) {
      entrant.state = race::Entrant::State::left_out;
      entrant.reason = "it needs item features, and the dataset has none";
    } else {
      entrant.bytes = estimated_bytes(dataset, model);
      if (memory > 0 && entrant.bytes > memory) {
        entrant.state = race::Entrant::State::left_out;
        entrant.reason =
            fmt::format("it needs about {:.1f} GB of memory, and there are {:.1f} GB",
                        static_cast<double>(entrant.bytes) / kGigabyte, static_cast<double>(memory) / kGigabyte);
      }
    }
    entrants.push_back(std::move(entrant));
  }
  return entrants;
}

}  // namespace monet::experiments::automatic
