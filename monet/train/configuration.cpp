#include "monet/train/configuration.h"

#include "monet/core/error.h"

#include <nlohmann/json.hpp>

#include <variant>

namespace monet::train {

namespace {

nlohmann::json to_json(const Fields& fields) {
  nlohmann::json json;
  for (const auto& [name, value] : fields) std::visit([&, &key = name](const auto& v) { json[key] = v; }, value);
  return json;
}

}  // namespace

Fields training_fields(const TrainOptions& options, const Plan& plan, int threads) {
  return {{"learning_rate", options.learning_rate},
          {"decay", options.decay},
          {"decay_epochs", options.decay_epochs},
          {"sampling", options.sampling == models::Sampling::users ? "users" : "interactions"},
          {"batch_size", plan.batch_size},
          {"popularity", options.popularity == OptionInfo::kWord ? Value("auto") : Value(options.popularity)},
          {"new_items", options.new_items == models::NewItems::median ? "median" : "none"},
          {"validate_every", std::int64_t{options.validate_every}},
          {"patience", std::int64_t{options.patience}},
          {"validation_users", options.validation_users},
          {"seed", static_cast<std::int64_t>(options.seed)},
          {"threads", std::int64_t{threads}}};
}

std::string configuration_of(const data::Dataset& dataset, const models::ModelOptions& model,
                             const TrainOptions& options, const Plan& plan, int threads) {
  auto json = to_json(model.fields());
  json.update(to_json(training_fields(options, plan, threads)));
  json["model"] = model.model();
  json["data"] = dataset.hash;
  json["init"] = options.init.string();
  return json.dump();
}

void require_same_configuration(const std::string& before, const std::string& now,
                                const std::filesystem::path& folder) {
  const auto was = nlohmann::json::parse(before);
  const auto is = nlohmann::json::parse(now);
  for (const auto& [key, value] : is.items()) {
    if (key == "patience" || key == "threads" || was.value(key, nlohmann::json()) == value) continue;
    fail<InvalidArgument>("{}: was started with {} = {}, not {}; give the same options, or `force` to start again",
                          folder.string(), key, was.value(key, nlohmann::json()).dump(), value.dump());
  }
}

}  // namespace monet::train
