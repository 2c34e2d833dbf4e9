#include "monet/artifact/config.h"
#include "monet/core/files/atomic.h"
#include "monet/experiments/comparison_documents.h"
#include "monet/experiments/detail/json.h"

namespace monet::experiments {

namespace {

using detail::Json;

Json summaries(const std::map<std::string, Summary>& metrics) {
  Json json = Json::object();
  for (const auto& [name, summary] : metrics) {
    json[name] = {{"mean", summary.mean}, {"sd", summary.sd}, {"values", summary.values}};
  }
  return json;
}

Json figures(const TestFigures& test) {
  return {{"statistic", test.statistic}, {"p", test.p}, {"p_holm", test.p_holm}};
}

Json tests(const std::map<std::string, MetricTest>& metrics) {
  Json json = Json::object();
  for (const auto& [name, test] : metrics) {
    Json& entry = json[name];
    entry["against"] = test.against;
    entry["improvement_percent"] = test.improvement_percent ? Json(*test.improvement_percent) : Json();
    entry["difference"] = test.difference;
    entry["users"] = test.users;
    entry["cut_off"] = test.cut_off;
    entry["t"] = figures(test.t);
    entry["wilcoxon"] = figures(test.wilcoxon);
  }
  return json;
}

Json run_json(const Run& run, const std::filesystem::path& out) {
  Json json{{"seed", run.seed}, {"state", detail::to_string(run.state)}};
  if (!run.error.empty()) json["error"] = run.error;
  json["folder"] = run.folder.lexically_relative(out).string();
  json["best_epoch"] = run.best_epoch;
  json["epochs"] = run.epochs;
  json["ended_by"] = run.ended_by;
  json["seconds"] = run.seconds;
  json["peak_bytes"] = run.peak_bytes;
  return json;
}

Json method_json(const MethodResult& result, bool tuned, const std::filesystem::path& out) {
  OptionValues options = result.method.options;
  options.insert(options.end(), result.tuned.begin(), result.tuned.end());
  Json json;
  json["label"] = result.method.label;
  json["model"] = result.method.model;
  json["options"] = detail::to_json(options);
  json["tuned"] = tuned;
  json["state"] = result.state();
  json["error"] = result.error();
  json["cut_off"] = result.cut_off();
  json["metrics"] = summaries(result.metrics);
  json["validation"] = summaries(result.validation);
  json["seconds"] = {{"mean", result.seconds.mean}, {"values", result.seconds.values}};
  json["peak_bytes"] = result.peak_bytes;
  json["tests"] = tests(result.tests);
  json["runs"] = Json::array();
  for (const Run& run : result.runs) json["runs"].push_back(run_json(run, out));
  if (tuned) {
    json["trials"] = Json::array();
    for (const Trial& trial : result.trials) json["trials"].push_back(detail::to_json(trial, out));
  }
  return json;
}

}  // namespace

Json detail::to_json(const Comparison& comparison, const Settings& settings, const std::filesystem::path& out) {
  Json json{{"format", "monet-comparison"}, {"version", 1}, {"program", artifact::program_version()}};
  json["command"] = comparison.command;
  json["dataset"] = detail::to_json(comparison.dataset);
  json["settings"] = detail::settings_json(settings);
  json["primary"] = comparison.primary;
  json["seeds"] = comparison.seeds;
  json["complete"] = comparison.complete;
  json["methods"] = Json::array();
  for (const MethodResult& result : comparison.methods) {
    json["methods"].push_back(method_json(result, comparison.tune > 0, out));
  }
  return json;
}

std::string to_json(const Comparison& comparison, const Settings& settings, const std::filesystem::path& out) {
  return detail::dump(detail::to_json(comparison, settings, out));
}

void write_documents(const Comparison& comparison, const Settings& settings, const std::filesystem::path& out,
                     const std::filesystem::path& folder) {
  files::write_file(folder / "comparison.md", to_markdown(comparison));
  files::write_file(folder / "comparison.csv", to_csv(comparison));
  files::write_file(folder / "comparison.tex", to_latex(comparison));
  files::write_file(folder / "comparison.json", to_json(comparison, settings, out));
}

}  // namespace monet::experiments
