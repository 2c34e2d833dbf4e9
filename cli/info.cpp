#include "monet/artifact/artifact.h"
#include "monet/data/inspect.h"
#include "monet/data/load.h"
#include "monet/eval/data_quality.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/info_json.h"
#include "cli/load_flags.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <variant>

namespace monet::cli {

namespace {

struct InfoCommand {
  std::filesystem::path path;
  data::LoadOptions load;
  int threads = ThreadPool::physical_cores();
  bool json = false;
};

std::string text_of(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "on" : "off";
  return std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
}

std::string fields_text(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, text_of(value));
  return text;
}

/// How it was trained, without what there is none of.
std::string training_text(const Fields& fields) {
  Fields said;
  for (const auto& [name, value] : fields) {
    const std::int64_t* whole = std::get_if<std::int64_t>(&value);
    if (name == "best_epoch" && whole != nullptr && *whole < 0) continue;
    const double* number = std::get_if<double>(&value);
    if (name == "seconds" && number != nullptr) {
      said.emplace_back(name, fmt::format("{:.3g}", *number));
    } else {
      said.emplace_back(name, value);
    }
  }
  return fields_text(said);
}

std::string modalities_text(const artifact::Config& config) {
  std::string text;
  for (const artifact::ModalityInfo& modality : config.modalities) {
    text += text.empty() ? "" : ", ";
    text += modality.features > 0 ? fmt::format("{} ({})", modality.name, modality.features) : modality.name;
  }
  return text.empty() ? "none" : text;
}

std::string artifact_text(const artifact::Artifact& artifact) {
  const artifact::Config& config = artifact.config();
  TextTable table({Align::left, Align::left});
  table.add({"artifact", artifact.path().string()});
  table.add({"model", fmt::format("{}, kind {}", config.model, scoring::to_string(config.kind))});
  table.add({"written by", fmt::format("monet {}", config.program_version)});
  table.add({"data", fmt::format("{} (hash {})", config.data_name, config.data_hash)});
  table.add({"users", grouped(config.num_users)});
  table.add({"items", grouped(config.num_items)});
  table.add({"interactions", grouped(config.num_interactions)});
  table.add({"modalities", modalities_text(config)});
  if (artifact.parts().empty()) table.add({"embeddings", fmt::format("{} wide", config.embedding_width)});
  for (std::size_t m = 0; m < artifact.parts().size(); ++m) {
    const artifact::Config& part = artifact.parts()[m].config();
    table.add({fmt::format("part {}", m + 1), fmt::format("{}, kind {}, weight {:.3g}", part.model,
                                                          scoring::to_string(part.kind), config.blend_weights[m])});
  }
  table.add({"options", fields_text(config.hyper_parameters)});
  table.add({"training", training_text(config.training)});
  std::string text = table.text();
  std::vector<std::pair<std::string, std::map<std::string, double>>> sets;
  if (!config.validation.empty()) sets.emplace_back("validation", config.validation);
  if (!config.test.empty()) sets.emplace_back("test", config.test);
  return sets.empty() ? text : text + "\n" + metrics_table(sets);
}

int info(const InfoCommand& command) {
  // A folder with the files of an artifact is one, however damaged, and is opened to say what is wrong with it.
  const bool has_model = std::filesystem::exists(command.path / "model.safetensors");
  if (has_model || std::filesystem::exists(command.path / "config.json")) {
    const artifact::Artifact artifact = artifact::Artifact::open(command.path);
    print(command.json ? info_json(artifact) : artifact_text(artifact));
    return kDone;
  }
  for (const char* results : {"auto", "comparison", "sweep", "reproduction"}) {
    if (!std::filesystem::is_regular_file(command.path / (std::string(results) + ".json"))) continue;
    fail<DataError>("{}: results, {}.json, and no dataset; monet report {} makes a page of them", command.path.string(),
                    results, command.path.string());
  }
  const data::Dataset dataset = data::load(command.path, command.load);
  const data::Inspection inspection = data::inspect(dataset);
  ThreadPool pool(command.threads);
  const eval::DataQuality quality = eval::data_quality(pool, dataset);
  std::string text;
  if (command.json) {
    text = info_json(dataset, inspection, quality);
  } else {
    for (const std::string& line : data::describe(dataset, inspection)) text += line + "\n";
    for (const std::string& line : eval::describe(quality)) text += line + "\n";
  }
  print(text);
  return inspection.broken ? kBadInput : kDone;
}

}  // namespace

Run add_info(CLI::App& root) {
  CLI::App* app = root.add_subcommand("info", "what a dataset or an artifact holds, and what is wrong with it");
  const auto command = std::make_shared<InfoCommand>();
  add_path(*app, "path", command->path, "dataset or artifact")->required()->option_text("PATH");
  add_flag(*app, "--json", command->json, "print JSON");
  add_load_options(*app, command->load);
  add_threads(*app, command->threads);
  add_config(*app);
  return [command] { return info(*command); };
}

}  // namespace monet::cli
