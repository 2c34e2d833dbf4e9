#include "monet/models/registry.h"
#include "monet/train/options.h"
#include "cli/commands.h"
#include "cli/described_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace monet::cli {

namespace {

using Json = nlohmann::ordered_json;

struct ModelsCommand {
  std::string name;
  bool json = false;
};

/// Whether the model needs item features with its default options.
bool needs_features(const models::Registration& model) {
  return model.needs_features(models::ModelOptions(model.name));
}

Json json_of(const Value& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

Json json_of(const OptionInfo& info, const Value& value) {
  Json json{{"name", info.name}, {"default", json_of(value)}, {"values", option_domain(info)}, {"help", info.help}};
  if (!info.words.empty()) json["words"] = info.words;
  return json;
}

Json options_json(std::span<const OptionInfo> infos, std::span<const Value> values) {
  Json list = Json::array();
  for (std::size_t k = 0; k < infos.size(); ++k) list.push_back(json_of(infos[k], values[k]));
  return list;
}

Json json_of(const models::Registration& model) {
  Json json{{"name", model.name},
            {"summary", model.summary},
            {"trained", model.trained},
            {"needs_features", needs_features(model)},
            {"serves_new_users", model.serves_new_users}};
  json["options"] = options_json(model.options, model.defaults());
  if (!model.trained) return json;
  const auto& schedule = train::schedule_options();
  json["training"] = options_json(schedule.infos(), schedule.values(train::TrainOptions::for_model(model.name)));
  return json;
}

std::string list_text() {
  TextTable table({Align::left, Align::left, Align::left, Align::left, Align::left});
  table.add({"model", "learns", "item features", "new users", "what it is"});
  for (const models::Registration* model : models::registrations()) {
    table.add({std::string(model->name), model->trained ? "by training" : "at once",
               needs_features(*model) ? "needed" : "-", model->serves_new_users ? "yes" : "-", model->summary});
  }
  return table.text() + "\nmonet models NAME: its options, with defaults and ranges\n";
}

void add_options(TextTable& table, std::span<const OptionInfo> infos, std::span<const Value> values) {
  for (std::size_t k = 0; k < infos.size(); ++k) {
    table.add({"--" + infos[k].name, option_text(infos[k], values[k]), option_domain(infos[k]), infos[k].help});
  }
}

/// The settings that `auto` races.
std::string raced_text(const models::Registration& model) {
  if (model.portfolio.empty()) return "";
  std::string text = "\nraced by auto with\n";
  for (const models::Setting& setting : model.portfolio) {
    std::string words;
    for (const auto& [name, value] : setting) words += fmt::format("{}--{} {}", words.empty() ? "" : " ", name, value);
    text += fmt::format("  {}\n", words.empty() ? "the defaults" : words);
  }
  return text;
}

std::string model_text(const models::Registration& model) {
  std::string text = fmt::format(
      "{}: {}\n{}{}{}\n", model.name, model.summary, model.trained ? "trained" : "computed at once, nothing to train",
      needs_features(model) ? "; needs item features" : "", model.serves_new_users ? "; serves users never seen" : "");
  TextTable table({Align::left, Align::left, Align::left, Align::left}, "  ");
  table.add({"option", "default", "values", ""});
  add_options(table, model.options, model.defaults());
  text += model.options.empty() ? "no options of its own\n" : "\n" + table.text();
  text += raced_text(model);
  if (!model.trained) return text;
  TextTable training({Align::left, Align::left, Align::left, Align::left}, "  ");
  training.add({"training", "default", "values", ""});
  const auto& schedule = train::schedule_options();
  add_options(training, schedule.infos(), schedule.values(train::TrainOptions::for_model(model.name)));
  text += "\n" + training.text();
  if (model.grid.empty()) return text;
  TextTable grid({Align::left, Align::left}, "  ");
  grid.add({"searched by sweep and --tune", "over"});
  for (const auto& [name, values] : model.grid) grid.add({"--" + name, fmt::format("{}", fmt::join(values, "; "))});
  return text + "\n" + grid.text();
}

int show(const ModelsCommand& command) {
  if (command.name.empty()) {
    Json list = Json::array();
    for (const models::Registration* model : models::registrations()) list.push_back(json_of(*model));
    print(command.json ? list.dump(2) + "\n" : list_text());
    return 0;
  }
  const models::Registration& model = models::registration(command.name);
  print(command.json ? json_of(model).dump(2) + "\n" : model_text(model));
  return 0;
}

}  // namespace

Run add_models(CLI::App& root) {
  CLI::App* app = root.add_subcommand("models", "the models; a model's options with defaults, ranges and help");
  const auto command = std::make_shared<ModelsCommand>();
  app->add_option("name", command->name, "a model")->type_name("NAME");
  add_flag(*app, "--json", command->json, "as JSON");
  return [command] {
    const std::vector<std::string> names(models::model_names().begin(), models::model_names().end());
    if (!command->name.empty() && std::find(names.begin(), names.end(), command->name) == names.end()) {
      fail_choice("NAME", command->name, names);
    }
    return show(*command);
  };
}

}  // namespace monet::cli
