#include "monet/experiments/automatic/document.h"
#include "monet/experiments/detail/markdown.h"
#include "monet/models/model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace monet::experiments::automatic {

namespace {

using race::Entrant;

const Entrant* find(const Found& found, const std::string& name) {
  const auto at = std::find_if(found.candidates.begin(), found.candidates.end(),
                               [&](const Entrant& candidate) { return candidate.name == name; });
  return at == found.candidates.end() ? nullptr : &*at;
}

double percent(double part, double whole) {
  constexpr double kPercent = 100.0;
  return whole > 0.0 ? kPercent * part / whole : 0.0;
}

/// How good a contender is on validation, over its seeds.
double value_of(const Found& found, const std::string& name) {
  if (const MethodResult* result = found.final.find(name); result != nullptr) {
    if (const auto at = result->validation.find(found.options.metric); at != result->validation.end()) {
      return at->second.mean;
    }
  }
  const Entrant* entrant = find(found, name);
  return entrant == nullptr ? 0.0 : entrant->value(found.options.metric);
}

std::string cost_text(const Entrant& entrant) {
  return fmt::format("{:.1f} s{}", entrant.run.seconds, entrant.trained ? "" : ", nothing to train");
}

std::string why(const Found& found) {
  const std::string& chosen = found.contenders[found.choice.chosen];
  const std::string& metric = found.options.metric;
  const double value = value_of(found, chosen);
  if (found.contenders.size() < 2)
    return fmt::format("{} has {} {:.4f} on validation; nothing else came through.", chosen, metric, value);
  const std::string& other = found.contenders[found.choice.compared];
  const double base = value_of(found, other);
  const double lead = std::abs(percent(found.choice.difference, base));
  const double error = percent(found.choice.error, base);
  if (found.choice.chosen == found.choice.best) {
    return fmt::format(
        "{} is the best on validation: {} {:.4f}, {:.1f} % above {} (standard error of the difference over the users "
        "{:.1f} %).",
        chosen, metric, value, lead, other, error);
  }
  const std::string because =
      found.choice.for_cost
          ? fmt::format("costs less ({}; {})", cost_text(*find(found, chosen)), cost_text(*find(found, other)))
          : "needs no option of its own";
  return fmt::format(
      "{} is as good as {}, the best on validation, and {}: its {} of {:.4f} is {:.1f} % {}, within "
      "the standard error of the difference over the users, {:.1f} %.",
      chosen, other, because, metric, value, lead, found.choice.difference < 0.0 ? "lower" : "higher", error);
}

/// Whether a blend of the best is better than one alone.
std::string blend_said(const Found& found) {
  if (!found.blend) return "";
  const Blended& blend = *found.blend;
  std::string parts;
  for (std::size_t n = 0; n < blend.parts.size(); ++n) {
    parts += fmt::format("{}{} ({:.1f})", n == 0 ? "" : ", ", blend.parts[n], blend.weights[n]);
  }
  const std::string figures = fmt::format(
      "{:+.4f} recall@20 on validation, each half of the users by the weights of the "
      "other, p {}",
      blend.gain, detail::p_text(blend.p));
  if (blend.gains) {
    return fmt::format(
        "A blend of {} is better than the best of them alone by more than noise ({}), and is what was "
        "chosen.",
        parts, figures);
  }
  return fmt::format("A blend of {} is not better than the best of them alone by more than noise ({}).", parts,
                     figures);
}

bool sees_features(const Entrant& entrant) {
  return models::needs_features(settings_of(entrant.spec.method).model);
}

/// What features are worth: the best with and the best without.
std::string features_said(const Found& found) {
  if (found.dataset.modalities.empty()) return "";
  const std::string& metric = found.options.metric;
  const Entrant* with = nullptr;
  const Entrant* without = nullptr;
  for (const Entrant& candidate : found.candidates) {
    const Entrant*& best = sees_features(candidate) ? with : without;
    if (candidate.value(metric) >= 0.0 && (best == nullptr || candidate.value(metric) > best->value(metric))) {
      best = &candidate;
    }
  }
  if (with == nullptr || without == nullptr) return "";
  return fmt::format(
      "The best that sees item features, {}, came to {:.4f} in the race; the best that does not, {}, to "
      "{:.4f} ({:+.1f} %).",
      with->name, with->value(metric), without->name, without->value(metric),
      percent(with->value(metric) - without->value(metric), without->value(metric)));
}

std::string modality_said(const Found& found, const Without& without) {
  if (without.run.state != Run::State::done) {
    return fmt::format("Without {} it could not be trained: {}", without.modality, without.run.error);
  }
  const double value = without.run.validation.at(found.options.metric);
  const double gain = percent(without.difference, value);
  constexpr double kSignificant = 0.05;
  if (without.p >= kSignificant) {
    return fmt::format("Without {} it is as good as chance can tell ({:+.1f} % with it, p {:.2f}).", without.modality,
                       gain, without.p);
  }
  return fmt::format("{} {} {:.1f} % (p {}; {:.4f} without).", without.modality, gain > 0.0 ? "adds" : "costs",
                     std::abs(gain), detail::p_text(without.p), value);
}

}  // namespace

std::vector<std::string> reasons(const Found& found) {
  std::vector<std::string> sentences{why(found)};
  if (std::string blend = blend_said(found); !blend.empty()) sentences.push_back(std::move(blend));
  if (std::string features = features_said(found); !features.empty()) sentences.push_back(std::move(features));
  for (const Without& without : found.without) sentences.push_back(modality_said(found, without));
  return sentences;
}

std::string how_sure(const Found& found) {
  const MethodResult* chosen = found.final.find(found.chosen);
  std::size_t seeds = 0;
  for (const MethodResult& result : found.final.methods) seeds = std::max(seeds, result.runs.size());
  const std::string over = seeds > 1 ? fmt::format("over {} seeds", seeds) : "with one seed";
  const std::string where = found.split == "test" ? "on the test split, looked at once after the choice"
                                                  : "on validation, by which it was chosen (there is no test split)";
  std::string text;
  if (chosen == nullptr || chosen->tests.empty()) {
    text = "Nothing else came through to compare it with";
  } else {
    const MetricTest& test = chosen->tests.at(found.options.metric);
    constexpr double kSignificant = 0.05;
    if (test.t.p_holm >= kSignificant) {
      text = fmt::format(
          "Not sure that it is better than {}: {}, the difference of {:+.1f} % {} is one that chance may make (paired "
          "t-test over {} users, p {:.2f} after Holm)",
          test.against, where, test.improvement_percent.value_or(0.0), over, test.users, test.t.p_holm);
    } else {
      text = fmt::format("{}, it finds {:.1f} % {} than {} {} (paired t-test over {} users, p {} after Holm)",
                         found.split == "test" ? "On the test split, looked at once after the choice"
                                               : "On validation, by which it was chosen",
                         std::abs(test.improvement_percent.value_or(0.0)), test.difference > 0.0 ? "more" : "less",
                         test.against, over, test.users, detail::p_text(test.t.p_holm));
    }
  }
  const bool trained = std::any_of(found.final.methods.begin(), found.final.methods.end(), [&](const auto& result) {
    const Entrant* entrant = find(found, result.method.label);
    return entrant != nullptr && entrant->trained;
  });
  if (seeds > 1 || !trained) return text + ".";
  return text + fmt::format("; {}, and another one may change the order of close ones.",
                            found.options.seeds > 1 ? "there was no time for further seeds" : "one seed was asked for");
}

std::string with_more_time(const Found& found) {
  std::vector<std::string> parts;
  const auto count = [&](Entrant::State state, bool for_time) {
    return std::count_if(found.candidates.begin(), found.candidates.end(), [&](const Entrant& candidate) {
      return candidate.state == state && (!for_time || candidate.reason.starts_with(race::kNoTime));
    });
  };
  if (const auto racing = count(Entrant::State::racing, false); racing > 0) {
    parts.push_back(fmt::format("{} candidate{} still gained when the time was up", racing, racing == 1 ? "" : "s"));
  }
  if (const auto late = count(Entrant::State::left_out, true); late > 0) {
    parts.push_back(fmt::format("{} setting{} had no time at all", late, late == 1 ? "" : "s"));
  }
  std::size_t seeds = 1;
  bool trained = false;
  for (const MethodResult& result : found.final.methods) {
    seeds = std::max(seeds, result.runs.size());
    const Entrant* entrant = find(found, result.method.label);
    trained = trained || (entrant != nullptr && entrant->trained);
  }
  if (trained && static_cast<int>(seeds) < found.options.seeds) {
    parts.push_back(fmt::format("{} of {} seeds were trained", seeds, found.options.seeds));
  }
  const auto out_of_time =
      std::count_if(found.final.methods.begin(), found.final.methods.end(), [](const MethodResult& result) {
        return std::any_of(result.runs.begin(), result.runs.end(),
                           [](const Run& run) { return run.ended_by == "max_minutes"; });
      });
  if (out_of_time > 0) {
    parts.push_back(fmt::format("{} of the final's {} still gained in a seed when its time was up", out_of_time,
                                found.final.methods.size()));
  }
  if (parts.empty()) {
    return "More time would change little: all that stood at the end of the race had stopped gaining by themselves.";
  }
  constexpr double kMore = 3.0;
  return fmt::format("{}; with {:.3g} minutes they go on from there.", fmt::join(parts, ", "),
                     kMore * std::max(found.options.minutes, found.used_seconds / kSecondsPerMinute));
}

}  // namespace monet::experiments::automatic
