#pragma once

#include "monet/experiments/experiment.h"
#include "monet/experiments/grid.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::experiments {

struct Comparison;

struct CompareOptions : ExperimentOptions {
  std::vector<Method> methods;
  std::vector<std::uint64_t> seeds = {0, 1, 2, 3, 4};
  /// Validation-only trials that each method gets over its model's default grid before it is compared (fewer where the
  /// grid is smaller); 0: none.
  int tune = 0;
  Grid grid = {};  // what trials are drawn from in the place of each model's default grid; empty: those
  /// Methods that take over what was found for another one of the comparison, and have no trials: label → its label.
  std::map<std::string, std::string, std::less<>> tuned_as = {};
  /// Methods that get only the first so many of the seeds, by label.
  std::map<std::string, std::size_t, std::less<>> fewer_seeds = {};
  /// What those who share the directory must have in common beside data and settings; empty: the methods and seeds.
  Settings agreed = {};
  /// Told after every run how things stand; null: nobody is.
  std::function<void(const Comparison&)> follow = {};
};

/// Values of the seeds, their mean and sample standard deviation (0 for fewer than two).
struct Summary {
  double mean = 0.0;
  double sd = 0.0;
  std::vector<double> values;
};

struct TestFigures {
  double statistic = 0.0;
  double p = 1.0;
  double p_holm = 1.0;  // corrected for the number of methods
};

/// A method against another on one metric: paired over users, each user's value being the mean over the seeds.
struct MetricTest {
  std::string against;  // the best other method by the mean
  std::optional<double> improvement_percent;
  double difference = 0.0;
  Index users = 0;
  /// A limit ended a training of one of the two while it still gained: the difference may be one of patience.
  bool cut_off = false;
  TestFigures t;
  TestFigures wilcoxon;
};

/// A setting that was tried, on validation only.
struct Trial {
  OptionValues options;
  Run run;
};

struct MethodResult {
  Method method;
  OptionValues tuned;  // what tuning added to the method's options
  std::vector<Trial> trials;
  std::vector<Run> runs;                   // one for each seed
  std::map<std::string, Summary> metrics;  // test split, by "recall@20", of the runs that are done
  std::map<std::string, Summary> validation;
  Summary seconds;
  std::uint64_t peak_bytes = 0;
  std::map<std::string, MetricTest> tests;  // empty until the comparison is complete, and for a single method

  /// Takes the runs, and what they come to: metrics, validation, seconds and peak_bytes.
  void take_up(std::vector<Run> all);
  /// "done", "partial", "failed" or "not run".
  std::string_view state() const;
  /// The seeds whose training a limit ended while it still gained.
  std::vector<std::uint64_t> cut_off() const;
  /// What the first failed run or trial had to say, or "".
  std::string_view error() const;
};

struct Comparison {
  std::string command;
  DatasetInfo dataset;
  std::string primary;  // the metric of the tables' order: recall at 20, or at the largest K
  std::vector<std::uint64_t> seeds;
  int tune = 0;
  bool complete = false;  // every run was tried
  std::vector<MethodResult> methods;

  /// The method with that label, or null.
  const MethodResult* find(std::string_view label) const;
};

/// Trains and evaluates every method with every seed on the dataset at `options.run.data` (which `dataset` is), in
/// `options.out`, and compares them. Each run is a pair of processes, `monet train` and `monet evaluate`; finished ones
/// are not done again, so that the same call goes on after an interruption and returns at once when all is there.
/// `comparison.json`, `.md`, `.csv` and `.tex` are rewritten after every run. The dataset's features are given back
/// before the first process starts. A run that fails is noted and the others go on. Throws as ResultsFolder,
/// InvalidArgument for methods that need features on a dataset without any or a dataset without a test split, and
/// Interrupted.
Comparison compare(data::Dataset dataset, const CompareOptions& options, ExperimentObserver& observer,
                   const std::atomic<bool>& should_stop);

/// Recall at 20 where that is among the list lengths, otherwise at the largest.
std::string primary_metric(const std::vector<Index>& ks);

}  // namespace monet::experiments
