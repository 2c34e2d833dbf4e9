#include "monet/experiments/automatic/final.h"

#include "monet/core/error.h"
#include "monet/eval/significance.h"
#include "monet/experiments/automatic/batch.h"
#include "monet/experiments/automatic/finalist.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/detail/paired_tests.h"
#include "monet/experiments/race/race.h"
#include "monet/experiments/task.h"
#include "monet/models/model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace monet::experiments::automatic {

namespace fs = std::filesystem;

namespace {

using race::Entrant;

constexpr const char* kBlend = "blend";

class Final {
 public:
  Final(Found& found, const race::Budget& budget, int lock, ExperimentObserver& observer,
        const std::atomic<bool>& should_stop)
      : found_(found),
        options_(found.options),
        budget_(budget),
        lock_(lock),
        observer_(observer),
        should_stop_(should_stop) {}

  fs::path run() {
    const std::vector<std::size_t> order = standing(found_.candidates, options_.metric);
    if (order.empty()) fail_all();
    std::vector<Finalist> finalists;
    for (std::size_t k = 0; k < std::min(order.size(), kFinalists); ++k) {
      const Entrant& candidate = found_.candidates[order[k]];
      finalists.push_back({order[k], {candidate.run}});
    }
    const bool features = models::needs_features(settings_of(found_.candidates[order[0]].spec.method).model);
    const std::size_t modalities =
        features && found_.dataset.modalities.size() > 1 ? found_.dataset.modalities.size() : 0;
    const AfterRace plan = plan_after(budget_.left(), round_seconds(finalists),
                                      wall_seconds(found_.candidates[order[0]]) * static_cast<double>(modalities) /
                                          race::share(modalities, options_.processors).parallel,
                                      options_.seeds - 1);
    repeat(finalists, plan.rounds);
    const std::size_t of_the_final = finalists.size();
    // What is as good by a hair may be chosen though it is not among the best three, where it is cheaper.
    for (std::size_t k = finalists.size(); k < order.size() && value(order[k]) >= (1.0 - kAsGood) * value(order[0]);
         ++k) {
      const Entrant& candidate = found_.candidates[order[k]];
      finalists.push_back({order[k], {candidate.run}});
    }
    evaluate(done(finalists), false);
    const std::size_t chosen = choose_among(finalists, of_the_final);
    if (plan.modalities && modalities > 0) leave_out_modalities(finalists[chosen]);
    if (chosen >= kFinalists) std::swap(finalists[kFinalists - 1], finalists[chosen]);
    finalists.resize(std::min(finalists.size(), kFinalists));
    blend(finalists);
    compare(finalists);
    return artifact_;
  }

 private:
  double value(std::size_t n) const { return found_.candidates[n].value(options_.metric); }

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
        spec.seed = candidate.spec.seed + static_cast<std::uint64_t>(round);
        spec.folder += fmt::format("-seed{}", spec.seed);
        Job job = training_job_of(spec, settings, candidate);
        jobs.push_back({fmt::format("{}, seed {}", candidate.name, spec.seed), std::move(job)});
        made.emplace_back(f, std::move(spec));
      }
    }
    const std::vector<JobEnd> ends = run_batch(scheduler(count), std::move(jobs), observer_, should_stop_);
    for (std::size_t n = 0; n < ends.size(); ++n) {
      const auto& [f, spec] = made[n];
      Run run = finished(spec, ends[n]);
      tell(fmt::format("{}, seed {}", spec.method.label, spec.seed), run);
      finalists[f].runs.push_back(std::move(run));
    }
  }

  /// A training that has come to its end, and needs its checkpoint no more.
  Run finished(const RunSpec& spec, const JobEnd& end) const {
    Run run = finish_run(spec, options_.run, end);
    if (run.state == Run::State::done) fs::remove_all(spec.folder / "model.partial");
    return run;
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

  /// Metrics of every user, on the test or the validation split, of every run; its own metrics go into the run.
  void evaluate(const std::vector<Run*>& runs, bool test) {
    std::uint64_t bytes = 0;
    for (const Entrant& candidate : found_.candidates) {
      if (candidate.stands()) bytes = std::max(bytes, candidate.bytes);
    }
    std::vector<NamedJob> jobs;
    const RunSettings settings = shared(runs.size());
    for (const Run* run : runs) {
      Job job;
      job.folder = run->folder;
      job.bytes = bytes;
      job.commands.push_back(evaluation_command(run->folder, settings, test, test ? kTestUsers : kValidationUsers));
      jobs.push_back({fmt::format("evaluation on {}", test ? "test" : "validation"), std::move(job)});
    }
    const std::vector<JobEnd> ends = run_batch(scheduler(runs.size()), std::move(jobs), observer_, should_stop_);
    for (std::size_t n = 0; n < ends.size(); ++n) {
      if (!ends[n].done) fail<IoError>("{}: could not be evaluated: {}", runs[n]->folder.string(), ends[n].error);
      if (test) runs[n]->test = read_metrics(runs[n]->folder, true);
    }
  }

  std::size_t choose_among(const std::vector<Finalist>& finalists, std::size_t of_the_final) {
    std::vector<Contender> contenders;
    found_.contenders.clear();
    for (const Finalist& finalist : finalists) {
      const Entrant& candidate = found_.candidates[finalist.candidate];
      const Method& method = candidate.spec.method;
      contenders.push_back({candidate.name, candidate.trained, candidate.run.seconds,
                            user_values(finalist, options_.metric), method.model, method.options.empty(),
                            contenders.size() < of_the_final});
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
      job.commands.push_back(evaluation_command(spec.folder, settings, false, kValidationUsers));
      jobs.push_back({fmt::format("{} without {}", candidate.name, modality), std::move(job)});
      specs.push_back(std::move(spec));
    }
    const std::vector<JobEnd> ends = run_batch(scheduler(all.size()), std::move(jobs), observer_, should_stop_);
    const std::vector<double> whole = user_values(candidate.run, options_.metric);
    found_.without.clear();
    for (std::size_t n = 0; n < ends.size(); ++n) {
      Without without{all[n], finished(specs[n], ends[n])};
      if (without.run.state == Run::State::done) {
        const std::vector<double> users = user_values(without.run, options_.metric);
        without.difference =
            (std::accumulate(whole.begin(), whole.end(), 0.0) - std::accumulate(users.begin(), users.end(), 0.0)) /
            static_cast<double>(whole.size());
        without.p = eval::paired_t_test(whole, users).p;
      }
      tell(fmt::format("{} without {}", candidate.name, all[n]), without.run);
      found_.without.push_back(std::move(without));
    }
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
    job.folder = folder;
    job.commands.push_back(task_command(task, "blend", folder / "blend.task.json"));
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
        fs::copy_file(run->folder / kValidationUsers, run->folder / kTestUsers, fs::copy_options::overwrite_existing);
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

  Found& found_;
  const AutoOptions& options_;
  const race::Budget& budget_;
  int lock_;
  ExperimentObserver& observer_;
  const std::atomic<bool>& should_stop_;
  fs::path artifact_;  // of the chosen
};

}  // namespace

fs::path make_final(Found& found, const race::Budget& budget, int lock, ExperimentObserver& observer,
                    const std::atomic<bool>& should_stop) {
  return Final(found, budget, lock, observer, should_stop).run();
}

}  // namespace monet::experiments::automatic
