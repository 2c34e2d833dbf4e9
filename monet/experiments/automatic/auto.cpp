#include "monet/experiments/automatic/auto.h"

#include "monet/core/error.h"
#include "monet/core/files/atomic.h"
#include "monet/core/memory.h"
#include "monet/experiments/automatic/document.h"
#include "monet/experiments/automatic/final.h"
#include "monet/experiments/automatic/portfolio.h"
#include "monet/experiments/detail/json.h"
#include "monet/experiments/folder_kinds.h"
#include "monet/experiments/race/entrant_json.h"
#include "monet/experiments/race/race.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace monet::experiments::automatic {

namespace fs = std::filesystem;

namespace {

using race::Entrant;

/// The part of the time that is the race's; seeds and modalities get the rest.
constexpr double kRaceShare = 0.6;
constexpr const char* kDocument = "auto.json";

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
    const ResultsFolder folder(options_, auto_folder(), "monet-auto", found_.dataset, settings_, {}, should_stop_);
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
      race::take_up(found_.candidates, json.at("candidates"));
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

  void finish() {
    take_artifact(make_final(found_, *budget_, lock_, observer_, should_stop_));
    found_.reasons = reasons(found_);
    found_.sure = how_sure(found_);
    found_.more = with_more_time(found_);
    found_.complete = true;
    write();
  }

  void take_artifact(const fs::path& artifact) const {
    files::AtomicDirectory directory(options_.out / "model");
    fs::copy(artifact, directory.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    directory.commit();
  }

  AutoOptions options_;
  ExperimentObserver& observer_;
  const std::atomic<bool>& should_stop_;
  Settings settings_;
  int lock_ = -1;
  const race::Budget* budget_ = nullptr;
  Found found_;
};

}  // namespace

Found find_best(data::Dataset dataset, const AutoOptions& options, ExperimentObserver& observer,
                const std::atomic<bool>& should_stop) {
  return Finding(dataset, options, observer, should_stop).run();
}

}  // namespace monet::experiments::automatic
