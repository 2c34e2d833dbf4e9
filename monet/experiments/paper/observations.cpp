#include "monet/experiments/paper/observations.h"

#include "monet/experiments/paper/plan.h"

#include <fmt/core.h>

#include <cmath>
#include <numeric>

namespace monet::experiments::paper {

namespace {

constexpr std::string_view kPaperNdcg = "ndcg_paper@20";

/// The paper's name of a measure; nothing for the usual NDCG, which it does not have.
std::string_view in_paper(std::string_view measure) {
  if (measure == "ndcg@20") return "";
  return measure == kPaperNdcg ? "ndcg@20" : measure;
}

}  // namespace

double Values::mean() const {
  return std::accumulate(seeds.begin(), seeds.end(), 0.0) / static_cast<double>(seeds.size());
}

double Values::sd() const {
  if (seeds.size() < 2) return 0.0;
  const double center = mean();
  double squares = 0.0;
  for (const double x : seeds) squares += (x - center) * (x - center);
  return std::sqrt(squares / static_cast<double>(seeds.size() - 1));
}

double Values::standard_error() const {
  return seeds.empty() ? 0.0 : sd() / std::sqrt(static_cast<double>(seeds.size()));
}

const Values* DatasetObservations::find(std::string_view label, std::string_view measure) const {
  const auto method = methods.find(label);
  if (method == methods.end()) return nullptr;
  const auto found = method->second.values.find(measure);
  return found == method->second.values.end() || found->second.seeds.empty() ? nullptr : &found->second;
}

std::vector<std::string> DatasetObservations::expand(std::string_view measure) const {
  if (measure != kEveryDifference) return {std::string(measure)};
  std::vector<std::string> names;
  for (const std::string& modality : info.modalities) names.push_back(fmt::format("{} {}", kEveryDifference, modality));
  return names;
}

std::string DatasetObservations::why_missing(std::string_view label, std::string_view measure) const {
  const auto method = methods.find(label);
  if (method == methods.end()) return "not run";
  if (!method->second.problem.empty()) return method->second.problem;
  return fmt::format("no {}", measure);
}

std::string DatasetObservations::remark(std::string_view label) const {
  const auto method = methods.find(label);
  return method == methods.end() ? "" : method->second.remark;
}

std::optional<double> DatasetObservations::paper_value(std::string_view label, std::string_view measure) const {
  return paper == nullptr ? std::nullopt : experiments::paper_value(paper->name, label, in_paper(measure));
}

std::optional<double> DatasetObservations::paper_gain(std::string_view method, std::string_view over,
                                                      std::string_view measure) const {
  return paper == nullptr ? std::nullopt : experiments::paper_gain(paper->name, method, over, in_paper(measure));
}

}  // namespace monet::experiments::paper
