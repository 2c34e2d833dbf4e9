#include "monet/experiments/task.h"

#include "monet/artifact/artifact.h"
#include "monet/blend/blend.h"
#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/data/load_record.h"
#include "monet/eval/artifact_data.h"
#include "monet/eval/documents.h"
#include "monet/eval/evaluator.h"
#include "monet/experiments/detail/json.h"
#include "monet/train/checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace monet::experiments {

namespace fs = std::filesystem;
using detail::Json;

namespace {

constexpr const char* kTaskFormat = "monet-task";

Json text_json(const OptionValues& values) {
  Json json = Json::array();
  for (const auto& [name, value] : values) json.push_back({name, value});
  return json;
}

OptionValues text_values(const Json& json) {
  OptionValues values;
  for (const Json& pair : json) values.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
  return values;
}

Json head(const char* what, const fs::path& data, const data::LoadOptions& load, int threads) {
  Json json{{"format", kTaskFormat}, {"version", 1}, {"task", what}, {"data", data.string()}};
  json["data_options"] = data::to_record(load);
  if (load.modalities) json["modalities"] = *load.modalities;
  json["threads"] = threads;
  return json;
}

data::LoadOptions read_load(const Json& json) {
  data::LoadOptions load;
  data::apply_record(json.at("data_options").get<std::map<std::string, std::string>>(), load);
  if (json.contains("modalities")) load.modalities = json.at("modalities").get<std::vector<std::string>>();
  return load;
}

train::TrainResult train_as(const Json& json, const train::TrainHooks& hooks) {
  const Method method = make_method(json.at("model").get<std::string>(), text_values(json.at("options")));
  MethodSettings settings = settings_of(method);
  train::TrainOptions& options = settings.training;
  options.seed = json.at("seed").get<std::uint64_t>();
  options.max_minutes = json.at("max_minutes").get<double>();
  options.out = json.at("out").get<std::string>();
  options.pause = json.value("pause", false);
  options.resume = fs::exists(artifact::partial_path(options.out));
  const data::Dataset dataset = data::load(json.at("data").get<std::string>(), read_load(json));
  ThreadPool pool(json.at("threads").get<int>());
  return train::train(dataset, settings.model, options, pool, hooks);
}

void evaluate_as(const Json& json) {
  const auto artifact = artifact::Artifact::open(json.at("artifact").get<std::string>());
  const data::Dataset dataset =
      eval::load_data_of(artifact, json.at("data").get<std::string>(), read_load(json), false);
  ThreadPool pool(json.at("threads").get<int>());
  eval::EvaluateOptions options;
  options.ks = json.at("ks").get<std::vector<Index>>();
  const std::string split = json.at("split");
  const fs::path per_user = json.value("per_user", "");
  options.per_user = !per_user.empty();
  options.beyond_accuracy = true;
  for (const data::Modality& modality : dataset.modalities) {
    options.features.push_back({modality.name, modality.features});
  }
  const auto evaluation =
      eval::evaluate(pool, artifact.scoring(), split == "test" ? dataset.test : dataset.validation, options);
  files::write_file(json.at("json").get<std::string>(), eval::to_json(evaluation, split));
  if (options.per_user) files::write_file(per_user, eval::per_user_table(evaluation, artifact.users()));
}

void blend_as(const Json& json) {
  std::vector<artifact::Artifact> parts;
  for (const Json& path : json.at("artifacts")) parts.push_back(artifact::Artifact::open(path.get<std::string>()));
  data::Dataset dataset = eval::load_data_of(parts.front(), json.at("data").get<std::string>(), read_load(json), false);
  dataset.test = Csr(dataset.num_users(), dataset.num_items());  // looked at after the choice
  ThreadPool pool(json.at("threads").get<int>());
  blend::BlendOptions options;
  options.out = json.at("out").get<std::string>();
  options.force = true;
  const blend::BlendResult result = blend::blend(pool, dataset, std::move(parts), options);
  Json found{{"kept", result.kept}, {"weights", result.weights}, {"validation", detail::to_json(result.validation)}};
  found["gains"] = result.search && result.search->gains();
  found["gain"] = result.search ? result.search->gain : 0.0;
  found["p"] = result.search ? result.search->test.p : 1.0;
  files::write_file(json.at("json").get<std::string>(), detail::dump(found));
}

}  // namespace

OptionValues data_options(const data::LoadOptions& load) {
  OptionValues values;
  for (const auto& [name, value] : data::to_record(load)) values.emplace_back(name, value);
  if (load.modalities) values.emplace_back("modalities", fmt::format("{}", fmt::join(*load.modalities, ",")));
  return values;
}

void write_task(const TrainTask& task, const fs::path& file) {
  Json json = head("train", task.data, task.load, task.threads);
  json["model"] = task.method.model;
  json["options"] = text_json(overridden(task.method.options, task.options));
  json["seed"] = task.seed;
  json["max_minutes"] = task.max_minutes;
  json["out"] = task.out.string();
  if (task.pause) json["pause"] = true;
  files::write_file(file, detail::dump(json));
}

void write_task(const EvaluateTask& task, const fs::path& file) {
  Json json = head("evaluate", task.data, task.load, task.threads);
  json["artifact"] = task.artifact.string();
  json["split"] = task.test ? "test" : "val";
  json["ks"] = task.ks;
  json["json"] = task.json.string();
  if (!task.per_user.empty()) json["per_user"] = task.per_user.string();
  files::write_file(file, detail::dump(json));
}

void write_task(const BlendTask& task, const fs::path& file) {
  Json json = head("blend", task.data, task.load, task.threads);
  json["artifacts"] = Json::array();
  for (const fs::path& artifact : task.artifacts) json["artifacts"].push_back(artifact.string());
  json["out"] = task.out.string();
  json["json"] = task.json.string();
  files::write_file(file, detail::dump(json));
}

train::TrainResult perform_task(const fs::path& file, const train::TrainHooks& hooks) {
  const Json json = detail::read_json(file);
  try {
    if (json.at("format") != kTaskFormat || json.at("version") != 1) {
      fail<DataError>("{}: not a task (format {} 1 expected)", file.string(), kTaskFormat);
    }
    if (json.at("task") == "train") return train_as(json, hooks);
    if (json.at("task") == "blend") {
      blend_as(json);
    } else {
      evaluate_as(json);
    }
    return {};
  } catch (const nlohmann::json::exception& error) {
    fail<DataError>("{}: not a task: {}", file.string(), error.what());
  }
}

}  // namespace monet::experiments
