#include "monet/report/sweep.h"

#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "monet/report/facts.h"
#include "monet/report/metric_names.h"
#include "monet/report/numbers.h"
#include "monet/report/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace monet::report {

namespace {

SweptValue read_value(const Node& node) {
  return {node.any_text(), node.is_number() ? node.number() : kNoNumber};
}

std::map<std::string, double> read_metrics(const Node& trial, const char* split) {
  std::map<std::string, double> metrics;
  if (!trial.has(split)) return metrics;
  for (const auto& [name, value] : trial[split].entries()) metrics[name] = value.number();
  return metrics;
}

Trial read_trial(const Node& node, const Sweep& sweep) {
  Trial trial;
  for (const auto& [name, value] : node["options"].entries()) trial.options[name] = read_value(value);
  trial.state = node["state"].text();
  trial.error = node.text_or("error", "");
  trial.validation = read_metrics(node, "validation");
  trial.test = read_metrics(node, "test");
  trial.best_epoch = node.integer_or("best_epoch", -1);
  trial.seconds = node.number_or_nan("seconds");
  const std::map<std::string, double>& judged = sweep.split == "test" ? trial.test : trial.validation;
  if (const auto found = judged.find(sweep.metric); found != judged.end()) trial.score = found->second;
  return trial;
}

/// How far each trial came in a race.
void read_race(const Node& race, Sweep& sweep) {
  const std::vector<Node> entrants = race.list();
  if (entrants.size() != sweep.trials.size()) race.refuse("expected one entry for each trial");
  for (std::size_t n = 0; n < entrants.size(); ++n) {
    const std::string state = entrants[n]["state"].text();
    if (state == "out") sweep.trials[n].raced = fmt::format("out after rung {}", entrants[n]["rungs"].integer());
    if (state == "racing") sweep.trials[n].raced = "to the end";
  }
}

/// The distinct values that trials have, in the order of `names`.
void collect_values(Sweep& sweep, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::vector<SweptValue>& values = sweep.values[name];
    for (const Trial& trial : sweep.trials) {
      const auto found = trial.options.find(name);
      if (found == trial.options.end()) continue;
      const bool known = std::any_of(values.begin(), values.end(),
                                     [&](const SweptValue& value) { return value.text == found->second.text; });
      if (!known) values.push_back(found->second);
    }
    // Words, which have no number, stay behind in their order.
    const auto key = [](const SweptValue& value) { return std::isnan(value.number) ? INFINITY : value.number; };
    std::stable_sort(values.begin(), values.end(),
                     [&](const SweptValue& a, const SweptValue& b) { return key(a) < key(b); });
    if (values.size() > 1) sweep.parameters.push_back(name);
  }
}

bool beyond_accuracy(const std::string& name) {
  const eval::Metric* known = eval::find_metric(eval::parse_metric_name(name).metric);
  return known != nullptr && known->beyond_accuracy();
}

/// The metrics of accuracy that trials have, in order.
std::vector<std::string> metric_names(const Sweep& sweep, std::map<std::string, double> Trial::*split) {
  std::set<std::string> names;
  for (const Trial& trial : sweep.trials) {
    for (const auto& [name, value] : trial.*split) {
      if (!beyond_accuracy(name)) names.insert(name);
    }
  }
  return ordered_metrics({names.begin(), names.end()}, sweep.metric);
}

/// Indices of the trials, best first, those without a score last.
std::vector<std::size_t> best_first(const Sweep& sweep) {
  std::vector<std::size_t> order(sweep.trials.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    return std::isfinite(sweep.trials[i].score) ? sweep.trials[i].score : -INFINITY;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) > key(b); });
  return order;
}

void add_metrics(std::vector<Cell>& row, const std::map<std::string, double>& metrics,
                 const std::vector<std::string>& names, bool best) {
  for (const std::string& name : names) {
    const auto found = metrics.find(name);
    row.push_back({metric_text(found == metrics.end() ? kNoNumber : found->second), "", best});
  }
}

Table trials_table(const Sweep& sweep) {
  const std::vector<std::string> validated = metric_names(sweep, &Trial::validation);
  const std::vector<std::string> tested = metric_names(sweep, &Trial::test);
  Table table{fmt::format("Trials, best {} on the {} split first", sweep.metric, sweep.split), {{"trial"}}, {}};
  for (const auto& [name, values] : sweep.values) table.columns.push_back({name});
  for (const std::string& name : validated) table.columns.push_back({name});
  for (const std::string& name : tested) table.columns.push_back({"test " + name});
  table.columns.insert(table.columns.end(), {{"best epoch"}, {"time"}, {"state", false}});
  for (const std::size_t i : best_first(sweep)) {
    const Trial& trial = sweep.trials[i];
    const bool best = static_cast<std::int64_t>(i) == sweep.best;
    std::vector<Cell> row{{std::to_string(i + 1), best ? "best" : "", best}};
    for (const auto& [name, values] : sweep.values) {
      const auto found = trial.options.find(name);
      row.push_back({found == trial.options.end() ? "–" : found->second.text, "", best});
    }
    add_metrics(row, trial.validation, validated, best);
    add_metrics(row, trial.test, tested, best);
    row.push_back({trial.best_epoch < 0 ? "–" : std::to_string(trial.best_epoch)});
    row.push_back({seconds_text(trial.seconds)});
    row.push_back({trial.raced.empty() ? trial.state : trial.raced, trial.error, false,
                   trial.state == "done" ? Tone::quiet : Tone::bad});
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string notice_of(const Sweep& sweep) {
  const auto done =
      std::count_if(sweep.trials.begin(), sweep.trials.end(), [](const Trial& trial) { return trial.state == "done"; });
  if (sweep.complete && done == static_cast<std::ptrdiff_t>(sweep.trials.size())) return "";
  return fmt::format("{}{} of {} trials that were begun are done. What is there so far is shown.",
                     sweep.complete ? "" : "This sweep is not finished: ", done, sweep.trials.size());
}

Section best_section(const Sweep& sweep) {
  Section section{"Best trial", {}};
  if (sweep.best < 0 || sweep.best >= static_cast<std::int64_t>(sweep.trials.size())) return section;
  const Trial& trial = sweep.trials[static_cast<std::size_t>(sweep.best)];
  Facts facts;
  for (const auto& [name, value] : trial.options) facts.entries.emplace_back(name, value.text);
  facts.entries.emplace_back(sweep.split + " " + sweep.metric, metric_text(trial.score));
  std::vector<std::string> tested;
  const Index k = eval::parse_metric_name(sweep.metric).k;
  for (const auto& [name, value] : trial.test) {
    const bool judged = name == sweep.metric && sweep.split != "test";
    if (judged || (beyond_accuracy(name) && eval::parse_metric_name(name).k == k)) tested.push_back(name);
  }
  for (const std::string& name : ordered_metrics(tested, sweep.metric)) {
    facts.entries.emplace_back("test " + name, metric_text(trial.test.at(name)));
  }
  section.blocks.emplace_back(std::move(facts));
  return section;
}

}  // namespace

Sweep read_sweep(const Node& root) {
  Sweep sweep;
  sweep.model = root["model"].text();
  sweep.metric = root["metric"].text();
  sweep.split = root["split"].text();
  sweep.complete = root["complete"].flag();
  sweep.best = root.integer_or("best", -1);
  for (const Node& node : root["trials"].list()) sweep.trials.push_back(read_trial(node, sweep));
  if (root.has("race")) read_race(root["race"], sweep);
  std::vector<std::string> names;
  if (root.has("grid")) {
    for (const auto& [name, values] : root["grid"].entries()) names.push_back(name);
  }
  if (names.empty() && !sweep.trials.empty()) {
    for (const auto& [name, value] : sweep.trials.front().options) names.push_back(name);
  }
  collect_values(sweep, names);
  return sweep;
}

Page sweep_page(const Document& document) {
  const Node root = document.root();
  const Sweep sweep = read_sweep(root);
  const Node dataset = root["dataset"];
  Page page{fmt::format("Sweep of {} on {}", sweep.model, dataset["name"].text()),
            fmt::format("{} trials, {} search, judged by {} on the {} split", sweep.trials.size(),
                        root.text_or("search", "grid"), sweep.metric, sweep.split),
            notice_of(sweep),
            {}};
  Facts facts = dataset_facts(dataset);
  if (root.has("options")) facts.entries.emplace_back("Options that stay", options_text(root["options"]));
  add_origin(facts, root);
  Section sensitivity{"Sensitivity", {}};
  for (Figure& figure : sensitivity_figures(sweep)) sensitivity.blocks.emplace_back(std::move(figure));
  std::vector<Section> sections{best_section(sweep), std::move(sensitivity)};
  if (!sweep.trials.empty()) sections.push_back({"Trials", {trials_table(sweep)}});
  sections.push_back({"Dataset", {std::move(facts)}});
  for (Section& section : sections) {
    if (!section.blocks.empty()) page.sections.push_back(std::move(section));
  }
  return page;
}

}  // namespace monet::report
