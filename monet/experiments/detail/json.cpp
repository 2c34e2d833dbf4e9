#include "monet/experiments/detail/json.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/data/text.h"

#include <charconv>
#include <cstdint>

namespace monet::experiments::detail {

namespace {

Json number_or_text(const std::string& text) {
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, whole); error == std::errc() && stop == end) {
    return whole;
  }
  double real = 0.0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, real); error == std::errc() && stop == end) {
    return real;
  }
  return text;
}

}  // namespace

Json to_json(const OptionValues& options) {
  Json json = Json::object();
  for (const auto& [name, value] : options) json[name] = number_or_text(value);
  return json;
}

Json to_json(const DatasetInfo& dataset) {
  return {{"name", dataset.name},   {"path", dataset.path},
          {"hash", dataset.hash},   {"users", dataset.users},
          {"items", dataset.items}, {"interactions", dataset.interactions()},
          {"train", dataset.train}, {"validation", dataset.validation},
          {"test", dataset.test},   {"modalities", dataset.modalities}};
}

Json settings_json(const Settings& settings) {
  Json json = Json::object();
  for (const auto& [name, value] : settings) json[name] = value;
  return json;
}

Json to_json(const std::map<std::string, double>& metrics) {
  Json json = Json::object();
  for (const auto& [name, value] : metrics) json[name] = value;
  return json;
}

Json to_json(const Trial& trial, const std::filesystem::path& folder) {
  Json json;
  json["options"] = to_json(trial.options);
  json["state"] = to_string(trial.run.state);
  if (!trial.run.error.empty()) json["error"] = trial.run.error;
  json["validation"] = to_json(trial.run.validation);
  json["test"] = to_json(trial.run.test);
  json["best_epoch"] = trial.run.best_epoch;
  json["epochs"] = trial.run.epochs;
  json["ended_by"] = trial.run.ended_by;
  json["seconds"] = trial.run.seconds;
  json["peak_bytes"] = trial.run.peak_bytes;
  json["folder"] = trial.run.folder.lexically_relative(folder).string();
  return json;
}

std::string to_string(Run::State state) {
  switch (state) {
    case Run::State::done: return "done";
    case Run::State::failed: return "failed";
    case Run::State::not_run: break;
  }
  return "not run";
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json read_json(const std::filesystem::path& file) {
  const files::MappedFile mapped(file);
  const std::string_view text = mapped.text();
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    data::fail_at(file.string(), text, error.byte > 0 ? error.byte - 1 : 0, "damaged: not JSON; `force` starts over");
  }
}

}  // namespace monet::experiments::detail
