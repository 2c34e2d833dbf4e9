#include "monet/experiments/race/race.h"

#include "monet/core/error.h"
#include "monet/experiments/last_line.h"
#include "monet/experiments/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace monet::experiments::race {

namespace fs = std::filesystem;

namespace {

using State = Entrant::State;

constexpr double kSecondsPerMinute = 60.0;
/// An entrant of the first rung is stopped when it has taken so many times its share of the race's time.
constexpr double kPatience = 2.0;
/// The first rung may take its equal part of the race's time and so much more, or half of it, before further settings
/// of a model are left out.
constexpr double kSlack = 0.25;
constexpr double kHalf = 0.5;
constexpr double kLeastSlice = 0.01;  // seconds; 0 would be no limit
/// With less than this part of the race's time left no rung is begun.
constexpr double kLeastRung = 0.05;

/// What a model's artifact and checkpoint take on disk.
void remove_training(const Entrant& entrant) {
  for (const char* name : {"model", "model.partial"}) fs::remove_all(entrant.spec.folder / name);
}

/// The processes of one rung.
class Rung : public JobObserver {
 public:
  Rung(std::vector<Entrant>& entrants, std::vector<std::size_t> members, const RaceOptions& options,
       const Budget& budget, const RaceHooks& hooks)
      : entrants_(entrants), members_(std::move(members)), options_(options), budget_(budget), hooks_(hooks) {}

  /// In the first rung a process that takes longer than `longest` seconds is ended, and further settings of a model are
  /// begun only where they are expected to end before `until` seconds of the budget are used.
  void be_first(double longest, double until) {
    longest_ = longest;
    until_ = until;
  }

  /// Trains each for `slice` seconds more.
  void run(double slice) {
    const Sharing sharing = share(members_.size(), options_.processors);
    RunSettings settings = options_.run;
    settings.threads = sharing.threads;
    std::vector<Job> jobs;
    for (const std::size_t n : members_) {
      const Entrant& entrant = entrants_[n];
      jobs.push_back(training_job(entrant.spec, settings, std::max(entrant.run.seconds + slice, kLeastSlice)));
      jobs.back().bytes = entrant.bytes;
      jobs.back().max_seconds = longest_;
    }
    run_jobs({options_.run.program, sharing.parallel, options_.memory, {options_.lock}}, jobs, *this,
             hooks_.should_stop);
  }

  bool still_wanted(std::size_t job) override {
    Entrant& entrant = entrants_[members_[job]];
    if (longest_ <= 0.0) return true;
    const auto known = seconds_.find(entrant.family);
    if (known == seconds_.end()) return true;
    const double each = known->second / share(members_.size(), options_.processors).parallel;
    if (each <= budget_.left_until(until_)) return true;
    leave_out(entrant, fmt::format("another setting of {} took {:.0f} s to be judged", entrant.family, known->second));
    return false;
  }

  void on_wait(std::span<const JobState> running) override {
    std::vector<RunningRun> states;
    for (const JobState& state : running) {
      states.push_back({entrants_[members_[state.job]].name, state.seconds, last_line(state.error_log)});
    }
    hooks_.observer.on_standings(entrants_, options_.metric, states, budget_);
  }

  void on_end(std::size_t job, const JobEnd& end) override {
    Entrant& entrant = entrants_[members_[job]];
    const double before = entrant.run.seconds;
    if (end.out_of_time) {
      remove_training(entrant);
      leave_out(entrant, fmt::format("it was not validated within {:.0f} s", end.seconds));
      return;
    }
    Run run = finish_run(entrant.spec, options_.run, end);
    if (run.state == Run::State::failed) {
      entrant.state = State::failed;
      entrant.run.state = run.state;
      entrant.run.error = run.error;
    } else {
      run.peak_bytes = std::max(run.peak_bytes, entrant.run.peak_bytes);
      entrant.run = std::move(run);
      entrant.curve = read_curve(entrant.spec.folder / "model/train_log.jsonl");
      entrant.overhead = std::max(end.seconds - (entrant.run.seconds - before), 0.0);
      ++entrant.rungs;
      if (!entrant.trained || entrant.run.ended_by != "max_minutes") {
        entrant.state = State::finished;
        fs::remove_all(entrant.spec.folder / "model.partial");
      }
      seconds_.emplace(entrant.family, end.seconds);
    }
    hooks_.observer.on_line(said(entrant));
    hooks_.changed();
  }

 private:
  void leave_out(Entrant& entrant, const std::string& why) const {
    entrant.state = State::left_out;
    entrant.reason = kNoTime + why;
    hooks_.observer.on_line(fmt::format("{}: left out, {}", entrant.name, entrant.reason));
    hooks_.changed();
  }

  std::string said(const Entrant& entrant) const {
    if (entrant.state == State::failed) return fmt::format("{}: failed: {}", entrant.name, entrant.run.error);
    const std::string value =
        fmt::format("{}: {} {:.4f} on validation", entrant.name, options_.metric, entrant.value(options_.metric));
    if (!entrant.trained) return fmt::format("{} in {:.1f} s", value, entrant.run.seconds);
    return fmt::format("{}, best epoch {} of {} in {:.1f} s{}", value, entrant.run.best_epoch, entrant.run.epochs,
                       entrant.run.seconds, entrant.state == State::finished ? ", finished" : "");
  }

  std::vector<Entrant>& entrants_;
  std::vector<std::size_t> members_;
  const RaceOptions& options_;
  const Budget& budget_;
  const RaceHooks& hooks_;
  std::map<std::string, double> seconds_;  // what the first of each family took in this rung
  double longest_ = 0.0;
  double until_ = 0.0;
};

std::vector<std::size_t> racing(const std::vector<Entrant>& entrants) {
  std::vector<std::size_t> found;
  for (std::size_t n = 0; n < entrants.size(); ++n) {
    if (entrants[n].state == State::racing) found.push_back(n);
  }
  return found;
}

/// One setting of each model after the other, those that are computed at once first.
std::vector<std::size_t> first_order(const std::vector<Entrant>& entrants, std::vector<std::size_t> members) {
  std::map<std::string, int> seen;
  std::map<std::size_t, std::pair<int, bool>> key;
  for (const std::size_t n : members) key[n] = {seen[entrants[n].family]++, entrants[n].trained};
  std::stable_sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) { return key[a] < key[b]; });
  return members;
}

void cut(std::vector<Entrant>& entrants, const RaceOptions& options, bool first, const RaceHooks& hooks) {
  const std::vector<std::size_t> members = racing(entrants);
  if (members.size() <= options.finalists) return;
  std::vector<Standing> standings;
  for (const std::size_t n : members) {
    standings.push_back({entrants[n].family, entrants[n].value(options.metric), entrants[n].curve});
  }
  const std::vector<std::size_t> on = survivors(standings, options.finalists, first);
  const std::set<std::size_t> kept(on.begin(), on.end());
  std::string names;
  for (std::size_t k = 0; k < members.size(); ++k) {
    if (kept.contains(k)) continue;
    Entrant& entrant = entrants[members[k]];
    entrant.state = State::out;
    remove_training(entrant);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", entrant.name);
  }
  hooks.observer.on_line(fmt::format("{} of {} go on; out: {}", on.size(), members.size(), names));
  hooks.changed();
}

}  // namespace

Job training_job(const RunSpec& spec, const RunSettings& settings, double seconds, const OptionValues& limits) {
  Job job;
  job.folder = spec.folder;
  fs::create_directories(spec.folder);
  const fs::path model = spec.folder / "model";
  // Finished, but its end was not noted: an artifact without a checkpoint.
  if (fs::exists(model / "config.json") && !fs::exists(spec.folder / "model.partial")) return job;
  TrainTask task = training_task(spec, settings);
  task.options = overridden(task.options, limits);
  task.max_minutes = seconds / kSecondsPerMinute;
  task.pause = true;
  job.commands.push_back(training_command(task, spec.folder));
  return job;
}

void run_race(std::vector<Entrant>& entrants, const RaceOptions& options, const Budget& budget,
              const RaceHooks& hooks) {
  const double whole = std::max(options.until - budget.before(), 0.0);
  for (;;) {
    const std::vector<std::size_t> members = racing(entrants);
    if (members.empty()) return;
    int rung = entrants[members.front()].rungs;
    for (const std::size_t n : members) rung = std::min(rung, entrants[n].rungs);
    const bool first = rung == 0;
    const double left = budget.left_until(options.until);
    if (!first && left <= kLeastRung * whole) return;  // 0 of 0: more was used before
    std::vector<std::size_t> pending;
    double overhead = 0.0;
    std::size_t trained = 0;
    for (const std::size_t n : members) {
      if (entrants[n].rungs == rung) pending.push_back(n);
      if (!entrants[n].trained) continue;
      ++trained;
      overhead += entrants[n].overhead;
    }
    overhead /= static_cast<double>(std::max<std::size_t>(trained, 1));
    const int rungs = rungs_left(trained, options.finalists);
    const double slice = slice_seconds(left, rungs, trained, options.processors, overhead);
    hooks.observer.on_line(fmt::format("rung {}: {} candidate{}{}", rung + 1, members.size(),
                                       members.size() == 1 ? "" : "s",
                                       trained > 0 ? fmt::format(", {:.3g} s of training each", slice) : ""));
    Rung running(entrants, first ? first_order(entrants, pending) : pending, options, budget, hooks);
    if (first) {
      const double each = whole * options.processors / static_cast<double>(members.size());
      running.be_first(kPatience * each, budget.before() + std::max(kHalf, 1.0 / rungs + kSlack) * whole);
    }
    running.run(slice);
    cut(entrants, options, first, hooks);
  }
}

}  // namespace monet::experiments::race
