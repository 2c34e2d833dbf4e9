#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace monet::experiments::automatic {

/// A method that may be chosen.
struct Contender {
  std::string name;
  bool trained = true;
  double seconds = 0.0;       // of its training
  std::vector<double> users;  // the metric of each user on validation, means over the seeds
  std::string model = {};
  bool plain = false;        // the model as it comes, no option changed
  bool of_the_final = true;  // trained with all seeds; false: only taken in the place of a better one, as cheaper
};

struct Choice {
  std::size_t best = 0;    // of the final by the mean over the users, the first of equals
  std::size_t chosen = 0;  // the best, or one that is as good and cheaper or plainer
  /// Of `chosen` to `best`, or of the second to the best where the best is chosen (0 where there is none): difference
  /// of the means and its standard error, paired over users.
  std::size_t compared = 0;
  bool for_cost = false;  // chosen because it is cheaper, not for being the model as it comes
  double difference = 0.0;
  double error = 0.0;
};

/// Less than this part below the best is as good, where it is within the standard error, too.
inline constexpr double kAsGood = 0.01;

/// Whether one costs clearly less than another: computed at once rather than trained, or half the seconds.
bool is_cheaper(const Contender& one, const Contender& other);

/// The best on validation, unless one is as good and cheaper, or else as good and the same model with no option changed
/// (which was good on other data: what chance adds to the best of several is not worth an option). As good: the mean
/// difference over the users is no more than its standard error and less than `kAsGood` of the best's mean. Of several
/// the cheapest (not trained before trained, then the fewest seconds). At least one contender of the final; all have
/// the same users.
Choice choose(std::span<const Contender> contenders);

/// What is done with the time that the race leaves: the finalists trained again with further seeds, and the chosen one
/// without each modality.
struct AfterRace {
  int rounds = 0;  // of further seeds
  bool modalities = false;
};

/// As many of `wanted` rounds as fit into the seconds `left` beside the modalities; where no round fits beside them, a
/// round goes first. A cost of 0: there is nothing to do.
AfterRace plan_after(double left, double round_seconds, double modality_seconds, int wanted);

}  // namespace monet::experiments::automatic
