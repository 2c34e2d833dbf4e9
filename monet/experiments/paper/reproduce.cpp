#include "monet/experiments/paper/reproduce.h"

#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/paper/gather.h"
#include "monet/experiments/results_folder.h"
#include "monet/experiments/sharing/share.h"
#include "monet/experiments/sharing/work_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
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

bool has_slow(const ReproduceOptions& options) {
  return options.slow_seeds > 0 && static_cast<std::size_t>(options.slow_seeds) < options.seeds.size();
}

std::string tuning_note(const ReproduceOptions& options) {
  if (options.tune == 0) {
    return "otherwise every model has the settings of its own paper (docs/models.md); the paper tuned them on each "
           "dataset";
  }
  const std::size_t settings = combinations(tuning_grid()).size();
  return fmt::format(
      "learning rate and weight decay of each model are the best of {} of the {} settings of the paper's grid (§5.1), "
      "by recall@20 on validation with seed {}; its variants take them over. Otherwise every model has the settings of "
      "its own paper (docs/models.md)",
      std::min(static_cast<std::size_t>(options.tune), settings), settings, options.seeds.front());
}

std::vector<std::string> notes_of(const ReproduceOptions& options) {
  std::vector<std::string> notes;
  notes.push_back(fmt::format("seeds {}; the paper averages five runs", fmt::join(options.seeds, ", ")));
  if (has_slow(options)) {
    notes.push_back(fmt::format("methods whose trainings take more than {} minutes have the first {} of them",
                                options.slow_minutes, options.slow_seeds));
  }
  if (!options.selection.models.empty()) {
    notes.push_back(fmt::format("only {} and variants are run, and claims are judged over these",
                                fmt::join(options.selection.models, ", ")));
  }
  if (options.run.max_minutes > 0.0) {
    notes.push_back(
        fmt::format("a training ends after {} minutes, with the best parameters so far", options.run.max_minutes));
  }
  if (options.selection.quick) {
    notes.push_back(
        "quick: fewer seeds, shorter training at another rate, fewer values of alpha and beta than a whole "
        "reproduction; differences that take long training to show are missing");
  }
  if (!options.run.training.empty()) {
    notes.push_back(fmt::format("every model is trained with {}", joined(options.run.training)));
  }
  notes.push_back(tuning_note(options));
  return notes;
}

/// Which of the paper's datasets this is, and how it is split.
std::string note_on(const DatasetObservations& dataset) {
  const DatasetInfo& info = dataset.info;
  std::string text = info.name + ": ";
  if (dataset.paper != nullptr) {
    text += fmt::format("users, items and interactions are those of the paper's {} (Table 4)", dataset.paper->name);
  } else if (const auto* near = find_similar_paper_dataset(info.users, info.items, info.interactions())) {
    text += fmt::format(
        "is not the paper's {}, whose {} users, {} items and {} interactions are not its {}, {} and {}; so nothing of "
        "the paper stands beside its figures",
        near->name, near->users, near->items, near->interactions, info.users, info.items, info.interactions());
  } else {
    text += "none of the paper's datasets (Table 4), so nothing of the paper stands beside its figures";
  }
  const auto percent = [&](Index part) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(info.interactions());
  };
  return text + fmt::format(". {:.1f} / {:.1f} / {:.1f} % train, validate and test (the paper: 80 / 10 / 10)",
                            percent(info.train), percent(info.validation), percent(info.test));
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
    require_same_settings(file, json, now.settings);
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

void write_documents(const fs::path& out, const Reproduction& reproduction) {
  fs::create_directories(out / "csv");
  for (const Table& table : reproduction.tables) files::write_file(out / "csv" / (table.id + ".csv"), to_csv(table));
  for (const Figure& figure : reproduction.figures) {
    files::write_file(out / "csv" / (slug(figure.id) + ".csv"), to_csv(figure));
  }
  files::write_file(out / "reproduction.md", to_markdown(reproduction));
  files::write_file(out / kDocument, to_json(reproduction));
}

/// What those who share the directory must have in common.
Settings agreed(const ReproduceOptions& options, const Reproduction& reproduction) {
  Settings agreed = reproduction.settings;
  for (const DatasetObservations& dataset : reproduction.datasets) {
    agreed.emplace_back("dataset " + dataset.info.name, dataset.info.hash);
  }
  agreed.emplace_back("only", fmt::format("{}", fmt::join(options.selection.only, ",")));
  agreed.emplace_back("models", fmt::format("{}", fmt::join(options.selection.models, ",")));
  agreed.emplace_back("seeds", fmt::format("{}", fmt::join(options.seeds, ",")));
  agreed.emplace_back("slow-seeds", fmt::format("{} after {} minutes", options.slow_seeds, options.slow_minutes));
  return agreed;
}

/// The directory with the documents and, where others share it, with them.
class Outer {
 public:
  Outer(const ReproduceOptions& options, const Settings& agreed, const std::atomic<bool>& should_stop)
      : out_(options.out), parents_(options.out) {
    if (options.force) require_alone(options, "`force` starts over, and others may be at work there");
    const fs::path shared = out_ / sharing::kFolder;
    if (options.shared) {
      const sharing::Terms terms = sharing::own_terms(options.claim_timeout, {agreed.begin(), agreed.end()});
      share_ = std::make_unique<sharing::Share>(out_, terms, should_stop);
    } else if (fs::exists(shared)) {
      sharing::require_nobody(shared, should_stop);
      sharing::end_sharing(out_, shared);
    }
  }

  void write(Reproduction& reproduction) const {
    draw(reproduction);
    if (share_) {
      share_->write(kDocument, [&](const fs::path& to) { write_documents(to, reproduction); });
    } else {
      write_documents(out_, reproduction);
    }
  }

  sharing::Share* share() const { return share_.get(); }

 private:
  fs::path out_;
  files::ParentFolders parents_;
  std::unique_ptr<sharing::Share> share_;
};

/// What is compared on a dataset; no methods where none can run.
CompareOptions comparison_on(const ReproduceOptions& options, const fs::path& path,
                             const DatasetObservations& observations) {
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
  compared.agreed = {{"reproduction", slug(observations.info.name)}};
  compared.tune = options.tune;
  compared.grid = tuning_grid();
  const auto is_compared = [&](const std::string& label) {
    return std::any_of(compared.methods.begin(), compared.methods.end(),
                       [&](const Method& method) { return method.label == label; });
  };
  for (const Method& method : compared.methods) {
    const std::string whole = run_label(method.model, own);
    if (method.label != whole && is_compared(whole)) compared.tuned_as.emplace(method.label, whole);
  }
  return compared;
}

/// All seeds of each method, but the first `slow_seeds` of those that turn out slow in these.
Comparison compare_in_time(const ReproduceOptions& options, CompareOptions compared,
                           const std::function<data::Dataset()>& load, ExperimentObserver& observer,
                           const std::atomic<bool>& should_stop) {
  if (has_slow(options)) {
    CompareOptions first = compared;
    first.seeds.resize(static_cast<std::size_t>(options.slow_seeds));
    const Comparison look = compare(load(), first, observer, should_stop);
    constexpr double kSecondsPerMinute = 60.0;
    for (const MethodResult& method : look.methods) {
      if (method.seconds.mean <= kSecondsPerMinute * options.slow_minutes) continue;
      compared.fewer_seeds.emplace(method.method.label, first.seeds.size());
    }
  }
  return compare(load(), compared, observer, should_stop);
}

void run_on(const ReproduceOptions& options, const fs::path& path, ThreadPool& pool, ExperimentObserver& observer,
            const std::atomic<bool>& should_stop, sharing::Share* share, DatasetObservations& observations) {
  CompareOptions compared = comparison_on(options, path, observations);
  if (compared.methods.empty()) return;
  const auto load = [&] { return data::load(path, options.load); };
  Comparison comparison;
  compared.follow = [&](const Comparison& now) { comparison = now; };
  const auto gather = [&] { gather_accuracy(comparison, options.selection, options.seeds.size(), observations); };
  try {
    comparison = compare_in_time(options, compared, load, observer, should_stop);
  } catch (const Interrupted&) {
    gather();
    throw;
  }
  gather();
  gather_differences(pool, comparison, options.selection, load, should_stop, share, observations);
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
  if (options.tune > 0) reproduction.settings.emplace_back("tuning trials", fmt::format("{}", options.tune));
  for (const fs::path& path : options.data) {
    reproduction.datasets.push_back(observe(options, path, pool));
    reproduction.notes.push_back(note_on(reproduction.datasets.back()));
  }
  check_names(reproduction.datasets);
  if (!options.force && fs::exists(options.out / kDocument)) check_document(options.out / kDocument, reproduction);
  check_output(options, reproduction_folder(), options.data);
  const Outer outer(options, agreed(options, reproduction), should_stop);
  if (options.force || !fs::exists(options.out / kDocument)) outer.write(reproduction);
  for (std::size_t d = 0; d < options.data.size(); ++d) {
    observer.on_start({note_on(reproduction.datasets[d])});
    try {
      run_on(options, options.data[d], pool, observer, should_stop, outer.share(), reproduction.datasets[d]);
    } catch (const Interrupted&) {
      outer.write(reproduction);
      throw;
    }
    reproduction.complete = d + 1 == options.data.size();
    outer.write(reproduction);
  }
  return reproduction;
}

}  // namespace monet::experiments::paper
