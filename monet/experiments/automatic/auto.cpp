#include "monet/experiments/automatic/auto.h"

#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/memory.h"
#include "monet/eval/significance.h"
#include "monet/experiments/automatic/batch.h"
#include "monet/experiments/automatic/document.h"
#include "monet/experiments/automatic/portfolio.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/detail/paired_tests.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/race/entrant_json.h"
#include "monet/experiments/race/race.h"
#include "monet/experiments/task.h"
#include "monet/models/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace monet::experiments::automatic {

namespace fs = std::filesystem;

namespace {

using race::Entrant;

constexpr std::size_t kFinalists = 3;
/// The part of the time that is the race's; seeds and modalities get the rest.
constexpr double kRaceShare = 0.6;
constexpr const char* kDocument = "auto.json";
constexpr const char* kBlend = "blend";
constexpr const char* kValidationUsers = "val-users.tsv";

/// A method of the final with the runs of its seeds.
struct Finalist {
  std::size_t candidate = 0;
  std::vector<RunSpec> specs;
  std::vector<Run> runs;
};

class Finding {
 public:
  Finding(data::Dataset& dataset, const AutoOptions& options, ExperimentObserver& observer,
          const std::atomic<bool>& should_stop)
      : options_(options), observer_(observer), should_stop_(should_stop), settings_(common_settings(options.run)) {
    if (options_.memory == 0) options_.memory = available_memory();
    found_.command = options.command;
    found_.dataset = describe(dataset);
    if (found_.dataset.validation == 0) {
      fail<InvalidArgument>("{}: has no validation split, and the methods are chosen by it", options.run.data.string());
    }
    found_.candidates = candidates(dataset, options.methods, options_.memory, kSeed, options.out);
    std::vector<std::string> labels;
    for (const Entrant& candidate : found_.candidates) labels.push_back(candidate.name);
    settings_.emplace_back("methods", fmt::format("{}", fmt::join(labels, ";")));
    settings_.emplace_back("seeds", fmt::format("{}", options.seeds));
    settings_.emplace_back("metric", options.metric);
    found_.options = options_;
    dataset.modalities.clear();
  }

  Found run() {
    const ResultsFolder folder(options_, auto_folder(), "monet-auto", found_.dataset, settings_);
    lock_ = folder.lock();
    const bool nothing_left = folder.resumed() && take_up();
    const race::Budget budget(kSecondsPerMinute * options_.minutes, found_.used_seconds);
    budget_ = &budget;
    observer_.on_start(lines(folder, nothing_left));
    if (nothing_left) return std::move(found_);
    write();
    try {
      race();
      finish();
    } catch (...) {
      write();
      throw;
    }
    return std::move(found_);
  }

 private:
  static constexpr std::uint64_t kSeed = 0;
  static constexpr double kSecondsPerMinute = 60.0;

  std::vector<std::string> lines(const ResultsFolder& folder, bool nothing_left) const {
    const auto racing = std::count_if(found_.candidates.begin(), found_.candidates.end(), [](const Entrant& candidate) {
      return candidate.state != Entrant::State::left_out;
    });
    std::vector<std::string> lines{
        fmt::format("{} candidates on {}, {:.3g} minutes on {} processor{}; chosen by {} on validation", racing,
                    found_.dataset.name, options_.minutes, options_.processors, options_.processors == 1 ? "" : "s",
                    options_.metric)};
    for (const Entrant& candidate : found_.candidates) {
      if (candidate.state == Entrant::State::left_out) {
        lines.push_back(fmt::format("{}: left out, {}", candidate.name, candidate.reason));
      }
    }
    if (nothing_left) {
      lines.push_back(fmt::format("{} holds the result; with more minutes it goes on", options_.out.string()));
    } else if (folder.resumed()) {
      lines.push_back(fmt::format("going on with what {} holds, {:.1f} minutes used", options_.out.string(),
                                  found_.used_seconds / kSecondsPerMinute));
    }
    return lines;
  }

  /// Restores the race from the document; true when it is complete and there are no more minutes than then.
  bool take_up() {
    const fs::path file = options_.out / kDocument;
    const detail::Json json = detail::read_json(file);
    try {
      const detail::Json& before = json.at("candidates");
      for (std::size_t n = 0; n < std::min(before.size(), found_.candidates.size()); ++n) {
        race::take_up(found_.candidates[n], before[n]);
      }
      json.at("used_seconds").get_to(found_.used_seconds);
      if (!json.at("complete").get<bool>()) return false;
      if (options_.minutes <= json.at("minutes").get<double>()) return true;
      for (Entrant& candidate : found_.candidates) {
        if (candidate.state == Entrant::State::left_out && candidate.reason.starts_with(race::kNoTime)) {
          candidate.state = Entrant::State::racing;
          candidate.reason.clear();
        }
      }
      return false;
    } catch (const nlohmann::json::exception& error) {
      fail<DataError>("{}: damaged: {}; `force` starts over", file.string(), error.what());
    }
  }

  void write() {
    if (budget_ != nullptr) found_.used_seconds = budget_->used();
    files::write_file(options_.out / "auto.md", to_markdown(found_));
    files::write_file(options_.out / kDocument, to_json(found_, settings_));
  }

  void race() {
    race::RaceOptions racing;
    racing.run = options_.run;
    racing.metric = options_.metric;
    racing.finalists = kFinalists;
    racing.processors = options_.processors;
    racing.memory = options_.memory;
    racing.until = budget_->before() + kRaceShare * (budget_->total() - budget_->before());
    racing.lock = lock_;
    race::run_race(found_.candidates, racing, *budget_, {observer_, should_stop_, [this] { write(); }});
  }

  /// What stands, best first.
  std::vector<std::size_t> standing() const {
    std::vector<std::size_t> order = race::by_value(found_.candidates, options_.metric);
    std::erase_if(order, [&](std::size_t n) { return !found_.candidates[n].stands() || value(n) < 0.0; });
    return order;
  }

  double value(std::size_t n) const { return found_.candidates[n].value(options_.metric); }

  void finish() {
    const std::vector<std::size_t> order = standing();
    if (order.empty()) fail_all();
    std::vector<Finalist> finalists;
    for (std::size_t k = 0; k < std::min(order.size(), kFinalists); ++k) {
      const Entrant& candidate = found_.candidates[order[k]];
      finalists.push_back({order[k], {candidate.spec}, {candidate.run}});
    }
    const bool features = models::needs_features(settings_of(found_.candidates[order[0]].spec.method).model);
    const std::size_t modalities =
        features && found_.dataset.modalities.size() > 1 ? found_.dataset.modalities.size() : 0;
    const AfterRace plan = plan_after(budget_->left(), round_seconds(finalists),
                                      wall_seconds(found_.candidates[order[0]]) * static_cast<double>(modalities) /
                                          race::share(modalities, options_.processors).parallel,
                                      options_.seeds - 1);
    repeat(finalists, plan.rounds);
    // Whatever is as good by a hair may be chosen, though it is not among the best three.
    for (std::size_t k = finalists.size(); k < order.size() && value(order[k]) >= (1.0 - kAsGood) * value(order[0]);
         ++k) {
      const Entrant& candidate = found_.candidates[order[k]];
      finalists.push_back({order[k], {candidate.spec}, {candidate.run}});
    }
    evaluate(done(finalists), false);
    const std::size_t chosen = choose_among(finalists);
    if (plan.modalities && modalities > 0) leave_out_modalities(finalists[chosen]);
    if (chosen >= kFinalists) std::swap(finalists[kFinalists - 1], finalists[chosen]);
    finalists.resize(std::min(finalists.size(), kFinalists));
    blend(finalists);
    compare(finalists);
    take_artifact();
    found_.reasons = reasons(found_);
    found_.sure = how_sure(found_);
    found_.more = with_more_time(found_);
    found_.complete = true;
    write();
  }

  [[noreturn]] void fail_all() const {
    for (const Entrant& candidate : found_.candidates) {
      if (candidate.run.error.empty()) continue;
      fail<DataError>("no candidate came through; {} said: {}; {} has what each said", candidate.name,
                      candidate.run.error, (options_.out / "auto.md").string());
    }
    fail<DataError>("no candidate came through: none could be begun; {} says why", (options_.out / "auto.md").string());
  }

  double wall_seconds(const Entrant& candidate) const { return candidate.run.seconds + candidate.overhead; }

  /// Wall time of one more seed of each that a seed changes anything of.
  double round_seconds(const std::vector<Finalist>& finalists) const {
    double sum = 0.0;
    std::size_t count = 0;
    for (const Finalist& finalist : finalists) {
      const Entrant& candidate = found_.candidates[finalist.candidate];
      if (!candidate.trained) continue;
      sum += wall_seconds(candidate);
      ++count;
    }
    return sum / race::share(count, options_.processors).parallel;
  }

  SchedulerOptions scheduler(std::size_t jobs) const {
    return {options_.run.program, race::share(jobs, options_.processors).parallel, options_.memory, {lock_}};
  }

  RunSettings shared(std::size_t jobs) const {
    RunSettings settings = options_.run;
    settings.threads = race::share(jobs, options_.processors).threads;
    return settings;
  }

  /// Trains each finalist again, with another seed in each round, for as many epochs as the race let it.
  void repeat(std::vector<Finalist>& finalists, int rounds) {
    std::vector<NamedJob> jobs;
    std::vector<std::pair<std::size_t, RunSpec>> made;
    std::size_t trained = 0;
    for (const Finalist& finalist : finalists) trained += found_.candidates[finalist.candidate].trained ? 1 : 0;
    const std::size_t count = trained * static_cast<std::size_t>(std::max(rounds, 0));
    if (count == 0) return;
    observer_.on_line(fmt::format("the best {} again with {} further seed{}", trained, rounds, rounds == 1 ? "" : "s"));
    const RunSettings settings = shared(count);
    for (int round = 1; round <= rounds; ++round) {
      for (std::size_t f = 0; f < finalists.size(); ++f) {
        const Entrant& candidate = found_.candidates[finalists[f].candidate];
        if (!candidate.trained) continue;
        RunSpec spec = candidate.spec;
        spec.seed = kSeed + static_cast<std::uint64_t>(round);
        spec.folder += fmt::format("-seed{}", spec.seed);
        Job job = training_job_of(spec, settings, candidate);
        jobs.push_back({fmt::format("{}, seed {}", candidate.name, spec.seed), std::move(job)});
        made.emplace_back(f, std::move(spec));
      }
    }
    const std::vector<JobEnd> ends = run_batch(scheduler(count), std::move(jobs), observer_, should_stop_);
    for (std::size_t n = 0; n < ends.size(); ++n) {
      auto& [f, spec] = made[n];
      Run run = finish_run(spec, options_.run, ends[n]);
      tell(fmt::format("{}, seed {}", spec.method.label, spec.seed), run);
      finalists[f].specs.push_back(std::move(spec));
      finalists[f].runs.push_back(std::move(run));
    }
  }

  void tell(const std::string& name, const Run& run) const {
    observer_.on_line(run.state == Run::State::done
                          ? fmt::format("{}: {} {:.4f} on validation in {:.1f} s", name, options_.metric,
                                        run.validation.at(options_.metric), run.seconds)
                          : fmt::format("{}: failed: {}", name, run.error));
  }

  Job training_job_of(const RunSpec& spec, const RunSettings& settings, const Entrant& candidate) const {
    Job job =
        race::training_job(spec, settings, 0.0, {{"epochs", fmt::format("{}", std::max(candidate.run.epochs, 1))}});
    job.bytes = candidate.bytes;
    return job;
  }

  static std::vector<Run*> done(std::vector<Finalist>& finalists) {
    std::vector<Run*> runs;
    for (Finalist& finalist : finalists) {
      for (Run& run : finalist.runs) {
        if (run.state == Run::State::done) runs.push_back(&run);
      }
    }
    return runs;
  }

  /// Metrics of every user, on the test or the validation split, of every run; its own metrics go into the run.
  void evaluate(const std::vector<Run*>& runs, bool test) {
    std::uint64_t bytes = 0;
    for (const Entrant& candidate : found_.candidates) {
      if (candidate.stands()) bytes = std::max(bytes, candidate.bytes);
    }
    std::vector<NamedJob> jobs;
    const RunSettings settings = shared(runs.size());
    for (const Run* run : runs) {
      jobs.push_back(
          {fmt::format("evaluation on {}", test ? "test" : "validation"), evaluation_job(*run, settings, test)});
      jobs.back().job.bytes = bytes;
    }
    const std::vector<JobEnd> ends = run_batch(scheduler(runs.size()), std::move(jobs), observer_, should_stop_);
    for (std::size_t n = 0; n < ends.size(); ++n) {
      if (!ends[n].done) fail<IoError>("{}: could not be evaluated: {}", runs[n]->folder.string(), ends[n].error);
      if (test) {
        runs[n]->test =
            detail::read_json(runs[n]->folder / "test.json").at("metrics").get<std::map<std::string, double>>();
      }
    }
  }

  static Job evaluation_job(const Run& run, const RunSettings& settings, bool test) {
    Job job;
    job.folder = run.folder;
    const std::string split = test ? "test" : "val";
    const fs::path file = run.folder / (split + ".task.json");
    write_task(EvaluateTask{run.folder / "model", settings.data, settings.load, test, settings.ks, settings.threads,
                            run.folder / (split + ".json"), run.folder / (test ? "users.tsv" : kValidationUsers)},
               file);
    job.commands.push_back({"evaluate-" + split, {"run-task", file.string()}});
    return job;
  }

  std::vector<double> users_of(const Run& run) const {
    UserMetrics metrics = read_user_metrics(run.folder / kValidationUsers);
    const auto column = std::find(metrics.names.begin(), metrics.names.end(), options_.metric);
    if (column == metrics.names.end()) {
      fail<InternalError>("[auto] {} has no {}", (run.folder / kValidationUsers).string(), options_.metric);
    }
    return std::move(metrics.values[static_cast<std::size_t>(column - metrics.names.begin())]);
  }

  /// Means over the runs that are done.
  std::vector<double> users_of(const Finalist& finalist) const {
    std::vector<double> sum;
    double count = 0.0;
    for (const Run& run : finalist.runs) {
      if (run.state != Run::State::done) continue;
      const std::vector<double> values = users_of(run);
      if (sum.empty()) sum.resize(values.size(), 0.0);
      std::transform(sum.begin(), sum.end(), values.begin(), sum.begin(), std::plus<>());
      count += 1.0;
    }
    for (double& value : sum) value /= count;
    return sum;
  }

  std::size_t choose_among(const std::vector<Finalist>& finalists) {
    std::vector<Contender> contenders;
    found_.contenders.clear();
    for (const Finalist& finalist : finalists) {
      const Entrant& candidate = found_.candidates[finalist.candidate];
      contenders.push_back({candidate.name, candidate.trained, candidate.run.seconds, users_of(finalist)});
      found_.contenders.push_back(candidate.name);
    }
    found_.choice = choose(contenders);
    const Finalist& chosen = finalists[found_.choice.chosen];
    found_.chosen = found_.contenders[found_.choice.chosen];
    const Run* best = best_run(chosen, options_.metric);
    found_.seed = best->seed;
    artifact_ = best->folder / "model";
    return found_.choice.chosen;
  }

  /// The chosen method without each modality in turn, as its first seed was trained.
  void leave_out_modalities(const Finalist& chosen) {
    const Entrant& candidate = found_.candidates[chosen.candidate];
    if (!models::needs_features(settings_of(candidate.spec.method).model)) return;
    const std::vector<std::string>& all = found_.dataset.modalities;
    observer_.on_line(fmt::format("{} without each of {}", candidate.name, fmt::join(all, ", ")));
    std::vector<NamedJob> jobs;
    std::vector<RunSpec> specs;
    for (const std::string& modality : all) {
      RunSettings settings = shared(all.size());
      settings.load.modalities = all;
      std::erase(*settings.load.modalities, modality);
      RunSpec spec = candidate.spec;
      spec.folder += "-without-" + slug(modality);
      spec.data_hash += " without " + modality;
      Job job = training_job_of(spec, settings, candidate);
      Run placed;
      placed.folder = spec.folder;
      for (Command& command : evaluation_job(placed, settings, false).commands) job.commands.push_back(command);
      jobs.push_back({fmt::format("{} without {}", candidate.name, modality), std::move(job)});
      specs.push_back(std::move(spec));
    }
    const std::vector<JobEnd> ends = run_batch(scheduler(all.size()), std::move(jobs), observer_, should_stop_);
    const std::vector<double> whole = users_of(candidate.run);
    found_.without.clear();
    for (std::size_t n = 0; n < ends.size(); ++n) {
      Without without{all[n], finish_run(specs[n], options_.run, ends[n])};
      if (without.run.state == Run::State::done) {
        const std::vector<double> users = users_of(without.run);
        without.difference =
            (std::accumulate(whole.begin(), whole.end(), 0.0) - std::accumulate(users.begin(), users.end(), 0.0)) /
            static_cast<double>(whole.size());
        without.p = eval::paired_t_test(whole, users).p;
      }
      tell(fmt::format("{} without {}", candidate.name, all[n]), without.run);
      found_.without.push_back(std::move(without));
    }
  }

  static const Run* best_run(const Finalist& finalist, const std::string& metric) {
    const Run* best = nullptr;
    for (const Run& run : finalist.runs) {
      if (run.state != Run::State::done) continue;
      if (best == nullptr || run.validation.at(metric) > best->validation.at(metric)) best = &run;
    }
    return best;
  }

  /// Blends the best run of each finalist, and takes the blend where it gains.
  void blend(const std::vector<Finalist>& finalists) {
    found_.blend.reset();
    const fs::path folder = options_.out / "runs" / kBlend;
    BlendTask task{
        {}, options_.run.data, options_.run.load, options_.processors, folder / "model", folder / "blend.json"};
    std::vector<std::string> labels;
    Job job;
    for (const Finalist& finalist : finalists) {
      const Run* best = best_run(finalist, options_.metric);
      if (best == nullptr) continue;
      task.artifacts.push_back(best->folder / "model");
      labels.push_back(found_.candidates[finalist.candidate].name);
      job.bytes += found_.candidates[finalist.candidate].bytes;
    }
    if (task.artifacts.size() < 2) return;
    observer_.on_line(fmt::format("a blend of the best {}", task.artifacts.size()));
    fs::create_directories(folder);
    write_task(task, folder / "blend.task.json");
    job.folder = folder;
    job.commands.push_back({"blend", {"run-task", (folder / "blend.task.json").string()}});
    const JobEnd end = run_batch(scheduler(1), {{"blend", std::move(job)}}, observer_, should_stop_).front();
    if (!end.done) return observer_.on_line(fmt::format("blend: failed: {}", end.error));
    const detail::Json json = detail::read_json(folder / "blend.json");
    Blended& blended = found_.blend.emplace();
    for (const auto& kept : json.at("kept")) blended.parts.push_back(labels.at(kept.get<std::size_t>()));
    json.at("weights").get_to(blended.weights);
    json.at("gain").get_to(blended.gain);
    json.at("p").get_to(blended.p);
    json.at("gains").get_to(blended.gains);
    blended.run.state = Run::State::done;
    blended.run.folder = folder;
    blended.run.seconds = end.seconds;
    blended.run.peak_bytes = end.peak_bytes;
    json.at("validation").get_to(blended.run.validation);
    if (!blended.gains) return;
    found_.chosen = kBlend;
    found_.seed = 0;
    artifact_ = folder / "model";
  }

  /// The final: the best three over their seeds, and their blend where it was chosen, on the test split where there is
  /// one.
  void compare(std::vector<Finalist>& finalists) {
    const bool test = found_.dataset.test > 0;
    found_.split = test ? "test" : "validation";
    std::vector<Run*> runs = done(finalists);
    const bool blended = found_.blend && found_.blend->gains;
    if (blended) {
      if (!test) evaluate({&found_.blend->run}, false);
      runs.push_back(&found_.blend->run);
    }
    if (test) {
      evaluate(runs, true);
    } else {
      for (Run* run : runs) {
        run->test = run->validation;
        fs::copy_file(run->folder / kValidationUsers, run->folder / "users.tsv", fs::copy_options::overwrite_existing);
      }
    }
    Comparison& final = found_.final;
    final = {};
    final.command = found_.command;
    final.dataset = found_.dataset;
    final.primary = options_.metric;
    for (Finalist& finalist : finalists) {
      for (const Run& run : finalist.runs) {
        if (std::find(final.seeds.begin(), final.seeds.end(), run.seed) == final.seeds.end()) {
          final.seeds.push_back(run.seed);
        }
      }
      MethodResult& result = final.methods.emplace_back();
      result.method = found_.candidates[finalist.candidate].spec.method;
      result.take_up(std::move(finalist.runs));
    }
    if (blended) {
      MethodResult& result = final.methods.emplace_back();
      result.method = {kBlend, kBlend, {}};
      result.take_up({found_.blend->run});
    }
    add_paired_tests(final);
    final.complete = true;
  }

  void take_artifact() const {
    files::AtomicDirectory directory(options_.out / "model");
    fs::copy(artifact_, directory.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    directory.commit();
  }

  AutoOptions options_;
  ExperimentObserver& observer_;
  const std::atomic<bool>& should_stop_;
  Settings settings_;
  int lock_ = -1;
  const race::Budget* budget_ = nullptr;
  fs::path artifact_;  // of the chosen
  Found found_;
};

}  // namespace

Found find_best(data::Dataset dataset, const AutoOptions& options, ExperimentObserver& observer,
                const std::atomic<bool>& should_stop) {
  return Finding(dataset, options, observer, should_stop).run();
}

}  // namespace monet::experiments::automatic
