#pragma once

#include "monet/experiments/automatic/choice.h"
#include "monet/experiments/comparison.h"
#include "monet/experiments/race/entrant.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace monet::experiments::automatic {

struct AutoOptions : ExperimentOptions {
  std::vector<Method> methods;       // to race; empty: what the registrations name (portfolio.h)
  double minutes = 10.0;             // wall time of it all, over all the times that it is begun
  int seeds = 3;                     // of the best, where the time suffices
  std::string metric = "recall@20";  // of the validation split, at 10 or 20
  int processors = 1;
  std::uint64_t memory = 0;  // bytes that all processes may take together; 0: what is available
};

/// The chosen method trained without a modality.
struct Without {
  std::string modality;
  Run run;
  double difference = 0.0;  // of the whole to it, on validation
  double p = 1.0;           // paired t-test over the users
};

/// The best of them blended into one (blend/blend.h).
struct Blended {
  std::vector<std::string> parts;  // labels of those that have a weight
  std::vector<double> weights;
  double gain = 0.0;   // over the best part alone, recall@20 on validation, with the weights of other users
  double p = 1.0;      // paired t-test over the users
  bool gains = false;  // by more than noise: it is what is chosen
  Run run;
};

struct Found {
  std::string command;
  DatasetInfo dataset;
  AutoOptions options;
  double used_seconds = 0.0;
  bool complete = false;
  std::vector<race::Entrant> candidates;
  // From here on empty until the race is over.
  std::vector<std::string> contenders;  // names of those that were chosen among
  Choice choice;                        // indices of `contenders`
  std::string chosen;                   // a label, or "blend"
  std::uint64_t seed = 0;               // of the artifact
  std::string split;                    // of `final`: "test", or "validation" where there is no test split
  Comparison final;                     // the best three over their seeds
  std::vector<Without> without;
  std::optional<Blended> blend;      // nothing: there were not two to blend, or it failed
  std::vector<std::string> reasons;  // sentences: why this one
  std::string sure;                  // a sentence: how sure that is
  std::string more;                  // a sentence: what more time would do
};

/// Finds the best method for a dataset within a time, and leaves its artifact in `model/` of the results folder: races
/// the candidates on the validation split (race/race.h), trains the best three again with further seeds and the best
/// one without each modality as far as the time goes, chooses by validation (choice.h), takes a blend of the best three
/// where that gains more than noise, and only then looks at the test split, once, for these. `auto.json` and `auto.md`
/// are rewritten after every step; the same call goes on after an interruption, and with more minutes from where it
/// ended. A candidate that fails is noted. Throws as ResultsFolder; InvalidArgument for a dataset without a validation
/// split, DataError where no candidate came through, Interrupted.
Found find_best(data::Dataset dataset, const AutoOptions& options, ExperimentObserver& observer,
                const std::atomic<bool>& should_stop);

}  // namespace monet::experiments::automatic
