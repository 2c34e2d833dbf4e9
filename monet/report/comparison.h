#pragma once

#include "monet/report/document.h"
#include "monet/report/page.h"

#include <map>
#include <string>
#include <vector>

namespace monet::report {

/// A measure over the seeds; NaN where there is none.
struct Spread {
  double mean = kNoNumber;
  double sd = kNoNumber;  // NaN for a single seed
};

/// A method against another one, paired by user.
struct Test {
  std::string against;
  bool cut_off = false;  // a limit ended a training of one of the two
  double improvement_percent = kNoNumber;
  double difference = kNoNumber;
  double t_p = kNoNumber;
  double t_p_holm = kNoNumber;
  double wilcoxon_p = kNoNumber;
  double wilcoxon_p_holm = kNoNumber;
};

struct ComparedRun {
  std::int64_t seed = 0;
  std::string folder;
  std::int64_t best_epoch = -1;
  std::int64_t epochs = 0;
  std::string ended_by;  // the limit that ended it while it still gained, "max_minutes"; empty: none
  double seconds = kNoNumber;
};

struct ComparedMethod {
  std::string label;
  std::string options;
  bool tuned = false;
  std::string state;  // done | partial | failed | not run
  std::string error;
  std::map<std::string, Spread> metrics;
  std::map<std::string, Spread> validation;
  Spread seconds;
  double peak_bytes = kNoNumber;
  std::map<std::string, Test> tests;
  std::vector<ComparedRun> runs;

  /// How many runs a limit ended while they still gained.
  std::size_t runs_cut_off() const;
};

/// comparison.json, checked.
struct Comparison {
  bool tested = true;   // `metrics` of the methods are of the test split; false: of validation
  std::string primary;  // "recall@20"
  bool complete = false;
  std::vector<std::int64_t> seeds;
  std::vector<ComparedMethod> methods;
  std::vector<std::string> metrics;        // of accuracy, at the primary one's K, that one first
  std::vector<std::string> beyond;         // beyond accuracy, at the same K
  std::vector<std::string> other_metrics;  // all at other K
};

/// Throws DataError naming what is wrong.
Comparison read_comparison(const Node& root);

/// Tables and bars of what the methods came to; tables of the paired tests. Without blocks where there is nothing.
Section results_section(const Comparison& comparison);
Section significance_section(const Comparison& comparison);

/// Mean and standard deviation (n - 1) of values; the latter is NaN for one value, both for none.
Spread spread_of(const std::vector<double>& values);

}  // namespace monet::report
