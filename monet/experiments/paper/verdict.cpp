#include "monet/experiments/paper/verdict.h"

#include "monet/eval/significance.h"
#include "monet/experiments/paper/document.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace monet::experiments::paper {

namespace {

constexpr std::string_view kSupported = "supported";
constexpr std::string_view kNotSupported = "not supported";
constexpr std::string_view kUndecided = "undecided";
constexpr std::string_view kCannotRun = "cannot run";

/// A part with the p value that is still to be corrected.
struct Measured {
  PartResult result;
  bool tested = false;
  double p = 1.0;
  double difference = 0.0;
  bool clear_of_seeds = false;
  std::string ending = {};  // of the text
};

bool clear_of_seeds(double difference, double standard_error) {
  return std::abs(difference) > kStandardErrors * standard_error;
}

std::string signed_percent(double value, double of) {
  return of == 0.0 ? "from 0" : fmt::format("{:+.2f} %", 100.0 * (value / of - 1.0));
}

Finding decide(double difference, bool sure) {
  if (!sure || difference == 0.0) return Finding::open;
  return difference > 0.0 ? Finding::holds : Finding::contradicted;
}

/// What is missing of a part, or nothing.
std::string missing_text(const PartPlan& part, const DatasetObservations& dataset, const std::string& measure) {
  for (const std::string_view label : {part.method, part.other, part.third}) {
    if (label.empty() || dataset.find(label, measure) != nullptr) continue;
    return fmt::format("{}: {}", label, dataset.why_missing(label, measure));
  }
  return "";
}

Measured above(const PartPlan& part, const DatasetObservations& dataset, const std::string& measure) {
  const Values& a = *dataset.find(part.method, measure);
  const Values& b = *dataset.find(part.other, measure);
  Measured out;
  out.tested = true;
  out.difference = a.mean() - b.mean();
  out.clear_of_seeds = clear_of_seeds(out.difference, std::hypot(a.standard_error(), b.standard_error()));
  const auto& users_a = dataset.methods.find(part.method)->second.users;
  const auto& users_b = dataset.methods.find(part.other)->second.users;
  const auto of_a = users_a.find(measure), of_b = users_b.find(measure);
  if (of_a != users_a.end() && of_b != users_b.end()) out.p = eval::paired_t_test(of_a->second, of_b->second).p;
  out.result.text = fmt::format("{} {:.4f} against {} {:.4f} ({}", part.method, a.mean(), part.other, b.mean(),
                                signed_percent(a.mean(), b.mean()));
  if (const auto gain = dataset.paper_gain(part.method, part.other, measure)) {
    out.result.text += fmt::format(", the paper {:+.2f} %", *gain);
  } else if (const auto paper_a = dataset.paper_value(part.method, measure),
             paper_b = dataset.paper_value(part.other, measure);
             paper_a && paper_b) {
    out.result.text += fmt::format(", the paper {}", signed_percent(*paper_a, *paper_b));
  }
  return out;
}

Measured below(const PartPlan& part, const DatasetObservations& dataset, const std::string& measure) {
  const Values& a = *dataset.find(part.method, measure);
  const Values& b = *dataset.find(part.other, measure);
  Measured out;
  const double error = std::hypot(a.standard_error(), b.standard_error());
  const double difference = b.mean() - a.mean();
  const bool several = a.seeds.size() > 1 && b.seeds.size() > 1;
  out.result.finding = decide(difference, several && clear_of_seeds(difference, error));
  out.result.text =
      fmt::format("{} of {} {:.4f} against {} {:.4f} ({}): {}", measure, part.method, a.mean(), part.other, b.mean(),
                  several ? fmt::format("± {:.4f}", error) : "one seed", to_string(out.result.finding));
  return out;
}

Measured nearer(const PartPlan& part, const DatasetObservations& dataset, const std::string& measure) {
  const Values& a = *dataset.find(part.method, measure);
  const Values& other = *dataset.find(part.other, measure);
  const Values& third = *dataset.find(part.third, measure);
  Measured out;
  const double difference = std::abs(a.mean() - third.mean()) - std::abs(a.mean() - other.mean());
  const double error = std::hypot(2.0 * a.standard_error(), other.standard_error(), third.standard_error());
  const bool several = a.seeds.size() > 1 && other.seeds.size() > 1 && third.seeds.size() > 1;
  out.result.finding = decide(difference, several && clear_of_seeds(difference, error));
  out.result.text =
      fmt::format("{} of {} {:.4f} lies nearer to {} {:.4f} than to {} {:.4f}: {}", measure, part.method, a.mean(),
                  part.other, other.mean(), part.third, third.mean(), to_string(out.result.finding));
  return out;
}

/// Which of a part's methods a limit cut off: " [cut off by a limit: monet]".
std::string cut_off_text(const PartPlan& part, const DatasetObservations& dataset) {
  std::string names;
  for (const std::string_view label : {part.method, part.other, part.third}) {
    const auto method = dataset.methods.find(label);
    if (label.empty() || method == dataset.methods.end() || method->second.cut_off == 0) continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", label);
  }
  return names.empty() ? names : fmt::format(" [cut off by a limit: {}]", names);
}

Measured measure_whole_part(const PartPlan& part, const DatasetObservations& dataset, const std::string& measure) {
  switch (part.kind) {
    case PartPlan::Kind::above: return above(part, dataset, measure);
    case PartPlan::Kind::below: return below(part, dataset, measure);
    case PartPlan::Kind::nearer: break;
  }
  return nearer(part, dataset, measure);
}

Measured measure_part(const PartPlan& part, const DatasetObservations& dataset, const std::string& measure) {
  Measured out;
  out.result.text = missing_text(part, dataset, measure);
  if (!out.result.text.empty()) return out;
  out = measure_whole_part(part, dataset, measure);
  out.ending = cut_off_text(part, dataset);
  return out;
}

/// Corrects the p values together and decides.
std::vector<PartResult> finish(std::vector<Measured> parts) {
  std::vector<double> p;
  for (const Measured& part : parts) {
    if (part.tested) p.push_back(part.p);
  }
  const std::vector<double> corrected = eval::holm(p);
  auto next = corrected.begin();
  std::vector<PartResult> results;
  for (Measured& part : parts) {
    if (part.tested) {
      const double value = *next++;
      part.result.finding = decide(part.difference, value < kLevel && part.clear_of_seeds);
      part.result.text += fmt::format(", p {:.2g}{}): {}", value,
                                      part.clear_of_seeds || part.difference == 0.0 ? "" : ", within the seeds' spread",
                                      to_string(part.result.finding));
    }
    part.result.text += part.ending;
    results.push_back(std::move(part.result));
  }
  return results;
}

std::set<std::string_view> methods_of(const ClaimPlan& claim) {
  std::set<std::string_view> labels;
  for (const PartPlan& part : claim.parts) labels.insert({part.method, part.other, part.third});
  return labels;
}

/// The claim, with the methods that it is judged without.
std::string claim_text(const ClaimPlan& whole, const ClaimPlan& rest) {
  std::set<std::string_view> without = methods_of(whole);
  for (const std::string_view label : methods_of(rest)) without.erase(label);
  without.erase("");
  return without.empty() ? std::string(whole.claim)
                         : fmt::format("{}; judged without {}", whole.claim, fmt::join(without, ", "));
}

}  // namespace

std::string_view to_string(Finding finding) {
  switch (finding) {
    case Finding::holds: return "holds";
    case Finding::contradicted: return "contradicted";
    case Finding::open: return "open";
    case Finding::missing: break;
  }
  return "missing";
}

std::vector<PartResult> judge_parts(const ClaimPlan& claim, const DatasetObservations& dataset) {
  std::vector<Measured> parts;
  for (const PartPlan& part : claim.parts) {
    const std::vector<std::string> measures = dataset.expand(part.measure);
    for (const std::string& measure : measures) parts.push_back(measure_part(part, dataset, measure));
    if (measures.empty()) parts.push_back({{Finding::missing, fmt::format("{}: no item features", part.measure)}});
  }
  return finish(std::move(parts));
}

std::vector<PartResult> judge_similarity(const DatasetObservations& dataset) {
  std::vector<Measured> parts;
  for (const ModalitySimilarity& m : dataset.similarity) {
    Measured part;
    part.tested = true;
    part.p = m.t.p;
    part.difference = m.interacted - m.not_interacted;
    part.clear_of_seeds = true;
    part.result.text = fmt::format("{}: I-I {:.4f} against I-N {:.4f} ({}", m.modality, m.interacted, m.not_interacted,
                                   signed_percent(m.interacted, m.not_interacted));
    if (const auto gain = dataset.paper_gain("interacted", "not interacted", "similarity " + m.modality)) {
      part.result.text += fmt::format(", the paper {:+.2f} %", *gain);
    }
    parts.push_back(std::move(part));
  }
  if (parts.empty()) parts.push_back({{Finding::missing, dataset.similarity_problem}});
  return finish(std::move(parts));
}

std::string_view verdict_of(std::span<const PartResult> parts) {
  const auto count = [&](Finding finding) {
    return static_cast<std::size_t>(
        std::count_if(parts.begin(), parts.end(), [&](const PartResult& part) { return part.finding == finding; }));
  };
  if (count(Finding::contradicted) > 0) return kNotSupported;
  if (count(Finding::missing) == parts.size()) return kCannotRun;
  return count(Finding::holds) == parts.size() ? kSupported : kUndecided;
}

std::string_view overall(std::span<const std::string_view> verdicts) {
  const auto ran = [&](std::string_view verdict) { return verdict != kCannotRun; };
  if (std::none_of(verdicts.begin(), verdicts.end(), ran)) return kCannotRun;
  if (std::find(verdicts.begin(), verdicts.end(), kNotSupported) != verdicts.end()) return kNotSupported;
  const bool undecided = std::find(verdicts.begin(), verdicts.end(), kUndecided) != verdicts.end();
  return undecided ? kUndecided : kSupported;
}

std::vector<Claim> judge_claims(const Selection& selection, const std::vector<DatasetObservations>& datasets) {
  std::vector<Claim> result;
  const auto judge = [&](std::string_view id, std::string_view claim, const auto& parts_on) {
    Claim judged{std::string(id), std::string(claim), "", ""};
    std::vector<std::string_view> verdicts;
    for (const DatasetObservations& dataset : datasets) {
      const std::vector<PartResult> parts = parts_on(dataset);
      verdicts.push_back(verdict_of(parts));
      judged.evidence +=
          fmt::format("{}{}: {}", judged.evidence.empty() ? "" : " | ", dataset.info.name, verdicts.back());
      std::set<std::string> said;  // what is missing may be missing from several parts
      for (const PartResult& part : parts) {
        if (said.insert(part.text).second) judged.evidence += "; " + part.text;
      }
    }
    judged.verdict = overall(verdicts);
    result.push_back(std::move(judged));
  };
  if (selection.has(kSimilarityFigure)) {
    judge(kSimilarityClaim, "The items of a user are more alike than the rest, in every modality", judge_similarity);
  }
  for (const ClaimPlan& plan : claims()) {
    const ClaimPlan rest = restricted(plan, selection);
    if (!is_covered(plan, selection) || rest.parts.empty()) continue;
    judge(plan.id, claim_text(plan, rest),
          [&](const DatasetObservations& dataset) { return judge_parts(rest, dataset); });
  }
  return result;
}

}  // namespace monet::experiments::paper
