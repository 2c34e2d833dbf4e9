#include "monet/experiments/sweep_document.h"

#include "monet/artifact/config.h"
#include "monet/eval/metric_name.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/detail/markdown.h"
#include "monet/experiments/race/entrant_json.h"

#include <fmt/core.h>

#include <algorithm>

namespace monet::experiments {

namespace {

using detail::Json;

Json grid_json(const Grid& grid) {
  Json json = Json::object();
  for (const auto& [name, values] : grid) {
    json[name] = Json::array();
    for (const std::string& value : values) json[name].push_back(detail::to_json({{name, value}}).at(name));
  }
  return json;
}

/// epochs and 20 as a line of TOML.
std::string toml_line(const std::string& name, const std::string& value) {
  return fmt::format("{} = {}\n", name, detail::to_json({{name, value}}).at(name).dump());
}

std::string values_text(const OptionValues& options) {
  return options.empty() ? "defaults" : make_method("", options).label.substr(1);
}

}  // namespace

std::string to_json(const Sweep& sweep, const Settings& settings) {
  const SweepOptions& options = sweep.options;
  Json json{{"format", "monet-sweep"}, {"version", 1}, {"program", artifact::program_version()}};
  json["command"] = sweep.command;
  json["dataset"] = detail::to_json(sweep.dataset);
  json["settings"] = detail::settings_json(settings);
  json["model"] = options.method.model;
  json["options"] = detail::to_json(options.method.options);
  json["metric"] = options.metric;
  json["split"] = "validation";
  json["search"] = options.random > 0 ? "random" : "grid";
  json["seed"] = options.seed;
  json["grid"] = grid_json(options.grid);
  json["complete"] = sweep.complete;
  json["trials"] = Json::array();
  for (const Trial& trial : sweep.trials) json["trials"].push_back(detail::to_json(trial, options.out));
  json["best"] = sweep.best ? Json(*sweep.best) : Json();
  if (sweep.race.empty()) return detail::dump(json);
  json["race_minutes"] = options.race_minutes;
  json["used_seconds"] = sweep.used_seconds;
  json["race"] = Json::array();
  for (const race::Entrant& entrant : sweep.race) json["race"].push_back(race::to_json(entrant, options.out));
  return detail::dump(json);
}

std::string best_toml(const Sweep& sweep) {
  if (!sweep.best) return "";
  const SweepOptions& options = sweep.options;
  const Trial& best = sweep.trials[*sweep.best];
  std::string text =
      fmt::format("# {} on {}: {} {:.4f} on validation, the best of {} trials\n", options.method.label,
                  sweep.dataset.name, options.metric, best.run.validation.at(options.metric), sweep.trials.size());
  text += fmt::format("model = \"{}\"\n", options.method.model);
  // A name may stand in TOML only once.
  const OptionValues values = overridden(overridden(options.run.training, options.method.options), best.options);
  for (const auto& [name, value] : values) text += toml_line(name, value);
  return text + fmt::format("seed = {}\n", options.seed);
}

std::string to_markdown(const Sweep& sweep) {
  const std::string& metric = sweep.options.metric;
  const auto state = [&](const Trial* trial) {
    if (sweep.race.empty()) return detail::to_string(trial->run.state);
    return race::state_text(sweep.race[static_cast<std::size_t>(trial - sweep.trials.data())]);
  };
  std::vector<const Trial*> order;
  for (const Trial& trial : sweep.trials) order.push_back(&trial);
  const auto value = [&](const Trial& trial) {
    return trial.run.state == Run::State::done ? trial.run.validation.at(metric) : -1.0;
  };
  std::stable_sort(order.begin(), order.end(), [&](const Trial* a, const Trial* b) { return value(*a) > value(*b); });
  detail::Rows rows{{"setting", metric + ", validation", "best epoch", "time", "state"}};
  for (const Trial* trial : order) {
    const bool done = trial->run.state == Run::State::done;
    rows.push_back({values_text(trial->options), done ? fmt::format("{:.4f}", value(*trial)) : "-",
                    done ? fmt::format("{}", trial->run.best_epoch) : "-",
                    done ? fmt::format("{:.1f} s", trial->run.seconds) : "-", state(trial)});
  }
  std::string text =
      fmt::format("# Sweep of {} on {}\n\n{}\n", sweep.options.method.label, sweep.dataset.name, detail::aligned(rows));
  if (!sweep.test.empty()) {
    const std::string recall = primary_metric(sweep.options.run.ks);
    const std::string ndcg = eval::at_k("ndcg", eval::parse_metric_name(recall).k);
    text += fmt::format("On the test split, once, after the choice: {} {:.4f}, {} {:.4f}.\n", recall,
                        sweep.test.at(recall), ndcg, sweep.test.at(ndcg));
  }
  for (const Trial& trial : sweep.trials) {
    if (!trial.run.error.empty()) text += fmt::format("- {}: {}\n", values_text(trial.options), trial.run.error);
  }
  return text;
}

}  // namespace monet::experiments
