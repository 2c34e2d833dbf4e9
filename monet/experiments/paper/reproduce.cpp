#include "monet/experiments/paper/reproduce.h"

#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/paper/gather.h"
#include "monet/experiments/results_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace monet::experiments::paper {

namespace {

namespace fs = std::filesystem;

constexpr const char* kDocument = "reproduction.json";

DatasetObservations observe(const ReproduceOptions& options, const fs::path& path, ThreadPool& pool) {
  const data::Dataset dataset = data::load(path, options.load);
  DatasetObservations observations;
  observations.info = describe(dataset);
  if (observations.info.test == 0) {
    fail<DataError>("{}: no test split, so there is nothing to compare on; give a dataset that has one", path.string());
  }
  observations.paper =
      find_paper_dataset(observations.info.users, observations.info.items, observations.info.interactions());
  try {
    if (options.selection.has(kSimilarityFigure)) observations.similarity = analyze_similarity(pool, dataset);
  } catch (const DataError& error) {
    observations.similarity_problem = error.what();
  }
  for (const auto& [label, problem] : find_problems(observations.info, on(options.selection, observations.paper))) {
    observations.methods[label].problem = problem;
  }
  return observations;
}

std::vector<std::string> notes_of(const ReproduceOptions& options) {
  std::vector<std::string> notes;
  notes.push_back(fmt::format("seeds {}; the paper averages five runs", fmt::join(options.seeds, ", ")));
  if (options.selection.quick) {
    notes.push_back(
        "quick: fewer seeds, shorter training at another rate, fewer values of alpha and beta than a whole "
        "reproduction; differences that take long training to show are missing");
  }
  if (!options.run.training.empty()) {
    notes.push_back(fmt::format("every model is trained with {}", joined(options.run.training)));
  }
  notes.push_back(
      "otherwise every model has the settings of its own paper (docs/models.md); the paper tuned them on each "
      "dataset");
  return notes;
}

void check_names(const std::vector<DatasetObservations>& datasets) {
  std::set<std::string> names;
  for (const DatasetObservations& dataset : datasets) {
    if (names.insert(slug(dataset.info.name)).second) continue;
    fail<InvalidArgument>("two datasets are named {} ({}); give one of their folders another name", dataset.info.name,
                          dataset.info.path);
  }
}

/// Whether an earlier reproduction can be gone on with.
void check_document(const fs::path& file, const Reproduction& now) {
  const detail::Json json = detail::read_json(file);
  try {
    if (json.at("format") != "monet-reproduction" || json.at("version") != 1) {
      fail<DataError>("{}: not a reproduction (format monet-reproduction 1 expected); choose another `out`",
                      file.string());
    }
    for (const auto& [name, value] : now.settings) {
      const std::string was = json.at("settings").at(name);
      if (was == value) continue;
      fail<InvalidArgument>(
          "{}: was made with {} '{}', not '{}'; give the same options, choose another `out`, or `force` to start over",
          file.string(), name, was, value);
    }
    for (const auto& before : json.at("datasets")) {
      const bool given = std::any_of(now.datasets.begin(), now.datasets.end(), [&](const DatasetObservations& dataset) {
        return dataset.info.hash == before.at("hash").get<std::string>();
      });
      if (given) continue;
      fail<InvalidArgument>(
          "{}: holds results on another dataset ({}); give that too, choose another `out`, or `force` to start over",
          file.string(), before.at("path").get<std::string>());
    }
  } catch (const nlohmann::json::exception& error) {
    fail<DataError>("{}: damaged: {}; `force` starts over", file.string(), error.what());
  }
}

void write_documents(const fs::path& out, Reproduction& reproduction) {
  draw(reproduction);
  fs::create_directories(out / "csv");
  for (const Table& table : reproduction.tables) files::write_file(out / "csv" / (table.id + ".csv"), to_csv(table));
  for (const Figure& figure : reproduction.figures) {
    files::write_file(out / "csv" / (slug(figure.id) + ".csv"), to_csv(figure));
  }
  files::write_file(out / "reproduction.md", to_markdown(reproduction));
  files::write_file(out / kDocument, to_json(reproduction));
}

void run_on(const ReproduceOptions& options, const fs::path& path, ThreadPool& pool, ExperimentObserver& observer,
            const std::atomic<bool>& should_stop, DatasetObservations& observations) {
  CompareOptions compared;
  static_cast<ExperimentOptions&>(compared) = options;
  compared.run.data = path;
  compared.out = options.out / slug(observations.info.name);
  compared.seeds = options.seeds;
  const Selection own = on(options.selection, observations.paper);
  for (const std::string& label : needed_methods(own)) {
    if (observations.methods.contains(label)) continue;  // it has a problem
    compared.methods.push_back(parse_methods(run_label(label, own)).front());
  }
  if (compared.methods.empty()) return;
  const auto load = [&] { return data::load(path, options.load); };
  const Comparison comparison = compare(load(), compared, observer, should_stop);
  gather_accuracy(comparison, options.selection, observations);
  gather_differences(pool, comparison, options.selection, load, should_stop, observations);
}

}  // namespace

Reproduction reproduce(const ReproduceOptions& options, ThreadPool& pool, ExperimentObserver& observer,
                       const std::atomic<bool>& should_stop) {
  check_output(options, reproduction_folder(), options.data);  // before the features are looked at
  Reproduction reproduction;
  reproduction.command = options.command;
  reproduction.selection = options.selection;
  reproduction.notes = notes_of(options);
  reproduction.settings = common_settings(options.run);
  reproduction.settings.emplace_back("quick", options.selection.quick ? "on" : "off");
  for (const fs::path& path : options.data) reproduction.datasets.push_back(observe(options, path, pool));
  check_names(reproduction.datasets);
  if (!options.force && fs::exists(options.out / kDocument)) check_document(options.out / kDocument, reproduction);
  check_output(options, reproduction_folder(), options.data);
  const files::ParentFolders parents(options.out);
  if (options.force || !fs::exists(options.out / kDocument)) write_documents(options.out, reproduction);
  for (std::size_t d = 0; d < options.data.size(); ++d) {
    run_on(options, options.data[d], pool, observer, should_stop, reproduction.datasets[d]);
    reproduction.complete = d + 1 == options.data.size();
    write_documents(options.out, reproduction);
  }
  return reproduction;
}

}  // namespace monet::experiments::paper
