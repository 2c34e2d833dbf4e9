#include "monet/experiments/automatic/choice.h"

#include "monet/eval/significance.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>

namespace monet::experiments::automatic {

namespace {

double mean_of(const std::vector<double>& values) {
  if (values.empty()) return 0.0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool costs_less(const Contender& a, const Contender& b) {
  return std::tuple(a.trained, a.seconds) < std::tuple(b.trained, b.seconds);
}

}  // namespace

bool is_cheaper(const Contender& one, const Contender& other) {
  constexpr double kClearly = 0.5;
  if (one.trained != other.trained) return !one.trained;
  return one.seconds <= kClearly * other.seconds;
}

Choice choose(std::span<const Contender> contenders) {
  std::vector<double> means;
  for (const Contender& contender : contenders) means.push_back(mean_of(contender.users));
  Choice choice;
  choice.best = contenders.size();
  for (std::size_t n = 0; n < contenders.size(); ++n) {
    if (!contenders[n].of_the_final) continue;
    if (choice.best == contenders.size() || means[n] > means[choice.best]) choice.best = n;
  }
  choice.chosen = choice.best;
  const Contender& best = contenders[choice.best];
  std::optional<std::size_t> cheaper;
  std::optional<std::size_t> plainer;
  for (std::size_t n = 0; n < contenders.size(); ++n) {
    if (n == choice.best) continue;
    const eval::PairedDifference to_best = eval::paired_difference(contenders[n].users, best.users);
    if (-to_best.mean > to_best.standard_error || -to_best.mean >= kAsGood * means[choice.best]) continue;
    if (contenders[n].of_the_final && contenders[n].plain && contenders[n].model == best.model) plainer = n;
    if (!is_cheaper(contenders[n], best)) continue;
    if (!cheaper || costs_less(contenders[n], contenders[*cheaper])) cheaper = n;
  }
  choice.for_cost = cheaper.has_value();
  choice.chosen = cheaper ? *cheaper : plainer.value_or(choice.best);
  choice.compared = choice.best;
  if (choice.chosen == choice.best) {
    for (std::size_t n = 0; n < contenders.size(); ++n) {
      if (n == choice.best || !contenders[n].of_the_final) continue;
      if (choice.compared == choice.best || means[n] > means[choice.compared]) choice.compared = n;
    }
  }
  const eval::PairedDifference shown =
      eval::paired_difference(contenders[choice.chosen].users, contenders[choice.compared].users);
  choice.difference = shown.mean;
  choice.error = shown.standard_error;
  return choice;
}

AfterRace plan_after(double left, double round_seconds, double modality_seconds, int wanted) {
  AfterRace plan;
  if (round_seconds <= 0.0) wanted = 0;
  const bool any = modality_seconds > 0.0;
  const auto fit = [&](double seconds) {
    return seconds <= 0.0 || round_seconds <= 0.0 ? 0 : static_cast<int>(std::min(seconds / round_seconds, 1e6));
  };
  plan.rounds = std::min(wanted, fit(left - modality_seconds));
  plan.modalities = any && modality_seconds <= left;
  if (plan.rounds == 0 && wanted > 0 && fit(left) > 0) {
    plan.rounds = 1;
    plan.modalities = any && round_seconds + modality_seconds <= left;
  }
  return plan;
}

}  // namespace monet::experiments::automatic
