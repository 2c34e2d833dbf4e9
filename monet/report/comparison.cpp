#include "monet/report/comparison.h"

#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "monet/report/facts.h"
#include "monet/report/metric_names.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace monet::report {

namespace {

std::map<std::string, Spread> read_spreads(const Node& metrics) {
  std::map<std::string, Spread> all;
  for (const auto& [name, node] : metrics.entries()) {
    const bool several = node.has("values") && node["values"].list().size() > 1;
    all[name] = {node["mean"].number(), several ? node.number_or_nan("sd") : kNoNumber};
  }
  return all;
}

Test read_test(const Node& node) {
  Test test;
  test.against = node["against"].text();
  test.cut_off = node.has("cut_off") && node["cut_off"].flag();
  test.improvement_percent = node.number_or_nan("improvement_percent");
  test.difference = node.number_or_nan("difference");
  if (node.has("t")) {
    test.t_p = node["t"].number_or_nan("p");
    test.t_p_holm = node["t"].number_or_nan("p_holm");
  }
  if (node.has("wilcoxon")) {
    test.wilcoxon_p = node["wilcoxon"].number_or_nan("p");
    test.wilcoxon_p_holm = node["wilcoxon"].number_or_nan("p_holm");
  }
  return test;
}

ComparedRun read_run(const Node& node) {
  return {node["seed"].integer(),       node.text_or("folder", ""),   node.integer_or("best_epoch", -1),
          node.integer_or("epochs", 0), node.text_or("ended_by", ""), node.number_or_nan("seconds")};
}

ComparedMethod read_method(const Node& node) {
  ComparedMethod method;
  method.label = node["label"].text();
  if (node.has("options")) method.options = options_text(node["options"]);
  method.tuned = node.has("tuned") && node["tuned"].flag();
  method.state = node["state"].text();
  method.error = node.text_or("error", "");
  if (node.has("metrics")) method.metrics = read_spreads(node["metrics"]);
  if (node.has("validation")) method.validation = read_spreads(node["validation"]);
  if (node.has("seconds")) {
    const Node seconds = node["seconds"];
    method.seconds = seconds.has("values") ? spread_of(seconds["values"].numbers())
                                           : Spread{seconds.number_or_nan("mean"), kNoNumber};
  }
  const double peak = node.number_or_nan("peak_bytes");
  method.peak_bytes = peak > 0.0 ? peak : kNoNumber;
  if (node.has("tests")) {
    for (const auto& [metric, test] : node["tests"].entries()) method.tests[metric] = read_test(test);
  }
  if (node.has("runs")) {
    for (const Node& run : node["runs"].list()) method.runs.push_back(read_run(run));
  }
  return method;
}

}  // namespace

std::size_t ComparedMethod::runs_cut_off() const {
  return static_cast<std::size_t>(
      std::count_if(runs.begin(), runs.end(), [](const ComparedRun& run) { return !run.ended_by.empty(); }));
}

Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) sum += value;
  Spread spread{sum / n, kNoNumber};
  double squares = 0.0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  if (values.size() > 1) spread.sd = std::sqrt(squares / (n - 1.0));
  return spread;
}

Comparison read_comparison(const Node& root) {
  Comparison comparison;
  comparison.primary = root["primary"].text();
  comparison.complete = root["complete"].flag();
  for (const Node& seed : root["seeds"].list()) comparison.seeds.push_back(seed.integer());
  std::set<std::string> names;
  for (const Node& node : root["methods"].list()) {
    comparison.methods.push_back(read_method(node));
    for (const auto& [name, spread] : comparison.methods.back().metrics) names.insert(name);
  }
  const Index k = eval::parse_metric_name(comparison.primary).k;
  for (std::string& text : ordered_metrics({names.begin(), names.end()}, comparison.primary)) {
    const eval::MetricName name = eval::parse_metric_name(text);
    const eval::Metric* known = eval::find_metric(name.metric);
    std::vector<std::string>& same_k =
        known != nullptr && known->beyond_accuracy() ? comparison.beyond : comparison.metrics;
    (name.k == k ? same_k : comparison.other_metrics).push_back(std::move(text));
  }
  return comparison;
}

}  // namespace monet::report
