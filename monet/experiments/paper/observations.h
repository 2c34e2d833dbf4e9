#pragma once

#include "monet/experiments/experiment.h"
#include "monet/experiments/paper_values.h"
#include "monet/experiments/similarity.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::experiments::paper {

/// Values of the seeds of one measure.
struct Values {
  std::vector<double> seeds;

  double mean() const;
  /// Sample standard deviation, 0 for fewer than two seeds.
  double sd() const;
  /// Of the mean, 0 for fewer than two seeds.
  double standard_error() const;
};

/// What the runs of a method on a dataset gave.
struct Observation {
  std::string problem;                                     // why nothing was measured, one line
  std::string remark;                                      // what to know of what was: "3 of 5 seeds"
  std::string tuned;                                       // settings that tuning chose, one line
  std::size_t runs = 0;                                    // that are done
  std::size_t cut_off = 0;                                 // of them, ended by a limit while they still gained
  double seconds = 0.0;                                    // of a training, mean
  std::map<std::string, Values, std::less<>> values;       // "recall@20", "avg.diff image"
  std::map<std::string, std::vector<double>, std::less<>>  // "recall@20" → each user's mean over the seeds, the same
      users;                                               // users in the same order for every method
};

/// Everything that was measured on one dataset, by the planned labels (plan.h).
struct DatasetObservations {
  DatasetInfo info;
  const PaperDataset* paper = nullptr;  // the paper's dataset that it is, if any
  std::vector<ModalitySimilarity> similarity;
  std::string similarity_problem;  // why there is none
  std::map<std::string, Observation, std::less<>> methods;

  /// Null when the method is not among them or has not been measured on that.
  const Values* find(std::string_view label, std::string_view measure) const;
  /// The measure, or "avg.diff <modality>" of every modality for kEveryDifference.
  std::vector<std::string> expand(std::string_view measure) const;
  /// Why a method has no value for a measure, one line.
  std::string why_missing(std::string_view label, std::string_view measure) const;
  /// What to know of its values; "" where there is nothing to say.
  std::string remark(std::string_view label) const;
  /// The paper's value where this is its dataset and it prints one; its NDCG is ours by the name of ndcg_paper.
  std::optional<double> paper_value(std::string_view label, std::string_view measure) const;
  std::optional<double> paper_gain(std::string_view method, std::string_view over, std::string_view measure) const;
};

}  // namespace monet::experiments::paper
