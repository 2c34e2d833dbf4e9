#include "monet/report/blend.h"

#include "monet/core/error.h"
#include "monet/core/options.h"
#include "monet/report/numbers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace monet::report {

namespace {

constexpr const char* kMetric = "recall@20";

struct TriedWeights {
  std::vector<double> weights;
  double value = 0.0;
};

/// The metric and the value that each line of the log gives to weights.
std::vector<TriedWeights> parse_trials(const artifact::Artifact& blend, std::string& metric) {
  std::vector<TriedWeights> trials;
  std::string_view log = blend.train_log();
  for (std::size_t number = 1; !log.empty(); ++number) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    const std::string_view line = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    const auto refuse = [&] {
      fail<DataError>("{}:{}: damaged: not weights with a value; restore the artifact or blend again",
                      (blend.path() / "train_log.jsonl").string(), number);
    };
    try {
      const nlohmann::ordered_json json = nlohmann::ordered_json::parse(line);
      TriedWeights& trial = trials.emplace_back();
      for (const auto& [name, value] : json.items()) {
        if (name == "weights") {
          value.get_to(trial.weights);
        } else {
          metric = name;
          trial.value = value.get<double>();
        }
      }
    } catch (const nlohmann::json::exception&) {
      refuse();
    }
    const std::size_t size = trials.back().weights.size();
    if (size < blend.parts().size() || size != trials.front().weights.size()) refuse();
  }
  return trials;
}

Cell value_cell(const std::map<std::string, double>& metrics) {
  const auto found = metrics.find(kMetric);
  return {metric_text(found == metrics.end() ? kNoNumber : found->second)};
}

Table trials_table(std::vector<TriedWeights> trials, const std::string& metric) {
  std::stable_sort(trials.begin(), trials.end(),
                   [](const TriedWeights& a, const TriedWeights& b) { return a.value > b.value; });
  Table table{"Weights that were tried, in the order of the artifacts as given; best first", {{"place", true}}, {}};
  for (std::size_t m = 0; m < trials.front().weights.size(); ++m) {
    table.columns.push_back({fmt::format("weight {}", m + 1)});
  }
  table.columns.push_back({metric + " on validation"});
  for (std::size_t t = 0; t < trials.size(); ++t) {
    std::vector<Cell>& row = table.rows.emplace_back();
    row.push_back({fmt::format("{}", t + 1)});
    for (const double weight : trials[t].weights) row.push_back({plain_text(weight)});
    row.push_back({metric_text(trials[t].value), {}, t == 0});
  }
  table.folded = trials.size() > 15;
  return table;
}

Figure trials_figure(const artifact::Artifact& blend, std::vector<TriedWeights> trials, const std::string& metric) {
  std::sort(trials.begin(), trials.end(),
            [](const TriedWeights& a, const TriedWeights& b) { return a.weights[0] < b.weights[0]; });
  const std::string first = blend.parts()[0].config().model;
  Figure figure{fmt::format("{} on validation by the weight of {}", metric, first),
                FigureKind::line,
                "weight of " + first,
                metric,
                {}};
  Series series{"blend"};
  for (const TriedWeights& trial : trials) {
    series.x.push_back(trial.weights[0]);
    series.y.push_back(trial.value);
  }
  figure.series.push_back(std::move(series));
  figure.mark = blend.config().blend_weights[0];
  figure.mark_label = "chosen";
  return figure;
}

}  // namespace

Section blend_parts(const artifact::Artifact& blend) {
  const artifact::Config& config = blend.config();
  Table table{fmt::format("Blended by {}; {} of each part by itself, as it was trained",
                          scoring::to_string(config.blend_by), kMetric),
              {{"part", false}, {"weight"}, {"scores", false}, {"validation"}, {"test"}},
              {}};
  for (std::size_t m = 0; m < blend.parts().size(); ++m) {
    const artifact::Config& part = blend.parts()[m].config();
    table.rows.push_back({{part.model},
                          {plain_text(config.blend_weights[m])},
                          {std::string(scoring::to_string(part.kind))},
                          value_cell(part.validation),
                          value_cell(part.test)});
  }
  table.rows.push_back({{"blend"}, {""}, {"blend"}, value_cell(config.validation), value_cell(config.test)});
  return {"Parts",
          {table, Paragraph{"Each part is an artifact by itself, in the folder parts/ of this one: its learning curves "
                            "and options are in its own report."}}};
}

Section blend_trials(const artifact::Artifact& blend) {
  std::string metric;
  std::vector<TriedWeights> trials = parse_trials(blend, metric);
  if (trials.empty()) return {"Weights", {Paragraph{"The weights were given."}}};
  Section section{"Weights", {}};
  if (blend.parts().size() == 2 && trials.front().weights.size() == 2) {
    section.blocks.emplace_back(trials_figure(blend, trials, metric));
  }
  section.blocks.emplace_back(trials_table(std::move(trials), metric));
  return section;
}

}  // namespace monet::report
