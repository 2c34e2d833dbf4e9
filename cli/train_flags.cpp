#include "cli/train_flags.h"

#include "monet/models/model.h"
#include "cli/config_file.h"
#include "cli/described_flags.h"
#include "cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <set>

namespace monet::cli {

namespace {

constexpr double kAnyNumber = std::numeric_limits<double>::max();

/// The last value of `--name` among the arguments, or "".
std::string last_value(const std::vector<std::string>& arguments, const std::string& name) {
  std::string value;
  for (std::size_t n = 0; n < arguments.size(); ++n) {
    if (arguments[n] == name && n + 1 < arguments.size()) value = arguments[n + 1];
    if (arguments[n].starts_with(name + "=")) value = arguments[n].substr(name.size() + 1);
  }
  return value;
}

std::vector<std::string> known_models() {
  return {models::model_names().begin(), models::model_names().end()};
}

void add_model_name(CLI::App& app, const models::ModelOptions& model) {
  const std::vector<std::string> names = known_models();
  add_value(app, "--model", "NAME", fmt::format("model: {}", fmt::join(names, ", ")), [names](const std::string& text) {
    if (std::find(names.begin(), names.end(), text) == names.end()) fail_choice("--model", text, names);
  })->default_str(std::string(model.model()));
}

/// Options of other models: not in the help, and refused with the ones that this model has.
void add_foreign_options(CLI::App& app, const models::ModelOptions& model) {
  std::vector<std::string> own;
  for (const OptionInfo& info : model.infos()) own.push_back("--" + info.name);
  std::set<std::string> foreign;
  for (const std::string_view other : models::model_names()) {
    for (const OptionInfo& info : models::ModelOptions(other).infos()) foreign.insert("--" + info.name);
  }
  for (const std::string& name : own) foreign.erase(name);
  const std::string model_name(model.model());
  for (const std::string& name : foreign) {
    add_value(app, name, "VALUE", "", [name, own, model_name](const std::string&) {
      if (own.empty()) fail<UsageError>("{}: model {} has no options of its own", name, model_name);
      fail<UsageError>("{}: model {} does not use it; it has {}", name, model_name, fmt::join(own, ", "));
    })->group("");
  }
}

}  // namespace

std::string model_of(const std::vector<std::string>& arguments) {
  std::string name = last_value(arguments, "--model");
  if (name.empty()) name = configured_value(last_value(arguments, "--config"), "model");
  const std::vector<std::string> names = known_models();
  return std::find(names.begin(), names.end(), name) == names.end() ? "monet" : name;
}

void add_schedule_options(CLI::App& app, train::TrainOptions& options) {
  const auto& schedule = train::schedule_options();
  add_described(app, schedule.infos(), schedule.values(options),
                [&options, &schedule](const OptionInfo& info, const std::string& text) {
                  schedule.set_text(options, info.name, text);
                });
}

void add_train_options(CLI::App& app, models::ModelOptions& model, train::TrainOptions& options) {
  add_model_name(app, model);
  add_schedule_options(app, options);
  add_number(app, "--max-minutes", options.max_minutes, 0.0, kAnyNumber,
             "end training after this wall time, keeping the best parameters so far; 0: no limit");
  add_seed(app, options.seed);
  add_path(app, "--init", options.init,
           "start from these parameters: a safetensors file, or an artifact (users and items it knows by their ids)");
  add_flag(app, "--resume", options.resume, "go on from the last checkpoint in OUT.partial");
  add_flag(app, "--force", options.force, "replace the artifact if it exists");
  const std::string before = app.option_defaults()->get_group();
  app.option_defaults()->group(
      fmt::format("Options of {} (--model NAME --help shows those of another)", model.model()));
  add_described(app, model.infos(), model.values(),
                [&model](const OptionInfo& info, const std::string& text) { model.set_text(info.name, text); });
  app.option_defaults()->group(before);
  add_foreign_options(app, model);
}

}  // namespace monet::cli
