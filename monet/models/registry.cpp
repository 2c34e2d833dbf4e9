#include "monet/models/registry.h"

#include "monet/core/error.h"
#include "monet/core/nearest.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace monet::models {

const Registration& registration(std::string_view name) {
  const auto all = registrations();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Registration* r) { return r->name == name; });
  if (found != all.end()) return **found;
  const std::vector<std::string> names(model_names().begin(), model_names().end());
  fail<InvalidArgument>("[model] there is no model '{}'{}; known: {}", name, did_you_mean(name, names),
                        fmt::join(names, ", "));
}

std::span<const std::string_view> model_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> out;
    for (const Registration* r : registrations()) out.push_back(r->name);
    return out;
  }();
  return names;
}

std::unique_ptr<Model> make_model(const ModelOptions& options, const data::Dataset& dataset,
                                  const graph::Bipartite& graph, ThreadPool& pool) {
  return registration(options.model()).make(options, dataset, graph, pool);
}

ModelOptions with_sizes_of(ModelOptions options, const TensorShapes& parameters) {
  registration(options.model()).take_sizes(options, parameters);
  return options;
}

std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset) {
  return registration(options.model()).training_bytes(options, dataset);
}

bool needs_features(const ModelOptions& options) {
  return registration(options.model()).needs_features(options);
}

ModelOptions::ModelOptions(std::string_view model)
    : registration_(&registration(model)), values_(registration_->defaults()) {}

ModelOptions::ModelOptions(std::string_view model, const Fields& values) : ModelOptions(model) {
  for (const auto& [name, value] : values) set(name, value);
}

std::string_view ModelOptions::model() const {
  return registration_->name;
}

std::span<const OptionInfo> ModelOptions::infos() const {
  return registration_->options;
}

std::size_t ModelOptions::index_of(std::string_view name) const {
  const OptionInfo* info = find_option(infos(), name);
  if (info == nullptr) fail_unknown_option(model(), name, infos());
  return static_cast<std::size_t>(info - infos().data());
}

void ModelOptions::set_text(std::string_view name, std::string_view text) {
  const std::size_t k = index_of(name);
  values_[k] = read_option(infos()[k], text);
}

void ModelOptions::set(std::string_view name, const Value& value) {
  const std::size_t k = index_of(name);
  values_[k] = checked_option(infos()[k], value);
}

const Value& ModelOptions::get(std::string_view name) const {
  return values_[index_of(name)];
}

Fields ModelOptions::fields() const {
  Fields out;
  for (std::size_t k = 0; k < values_.size(); ++k) out.emplace_back(field_name(infos()[k].name), values_[k]);
  return out;
}

}  // namespace monet::models
