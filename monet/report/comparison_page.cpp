#include "monet/core/files/mapped_file.h"
#include "monet/core/options.h"
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "monet/report/comparison.h"
#include "monet/report/facts.h"
#include "monet/report/learning_curve.h"
#include "monet/report/numbers.h"
#include "monet/report/report.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace monet::report {

namespace {

constexpr std::size_t kMostBars = 4;

const Spread* find(const std::map<std::string, Spread>& metrics, const std::string& name) {
  const auto found = metrics.find(name);
  return found == metrics.end() || !std::isfinite(found->second.mean) ? nullptr : &found->second;
}

std::string stars_of(const ComparedMethod& method, const std::string& metric) {
  const auto test = method.tests.find(metric);
  return test == method.tests.end() ? "" : stars(test->second.t_p_holm) + (test->second.cut_off ? "†" : "");
}

bool any_cut_off(const Comparison& comparison) {
  return std::any_of(comparison.methods.begin(), comparison.methods.end(),
                     [](const ComparedMethod& method) { return method.runs_cut_off() > 0; });
}

/// What the mark means, and whose runs have it.
std::string cut_off_explained(const Comparison& comparison) {
  std::string whose;
  for (const ComparedMethod& method : comparison.methods) {
    if (method.runs_cut_off() == 0) continue;
    std::set<std::string> limits;
    for (const ComparedRun& run : method.runs) {
      if (!run.ended_by.empty()) limits.insert(option_name(run.ended_by));
    }
    whose += fmt::format("{}{} ({} of {} by {})", whose.empty() ? "" : ", ", method.label, method.runs_cut_off(),
                         method.runs.size(), fmt::join(limits, ", "));
  }
  return "†: a limit ended runs before validation had stopped gaining: " + whose +
         ". More time may change their figures, and a star or p value with the mark compares with such a run.";
}

const eval::Metric* known_metric(const std::string& name) {
  return eval::find_metric(eval::parse_metric_name(name).metric);
}

/// The best mean of a metric over the methods; NaN where there is none, or none is better than another.
double best_mean(const Comparison& comparison, const std::string& metric,
                 std::map<std::string, Spread> ComparedMethod::*split) {
  const eval::Metric* known = known_metric(metric);
  const eval::Better better = known == nullptr ? eval::Better::larger : known->better;
  if (better == eval::Better::neither) return kNoNumber;
  double best = kNoNumber;
  for (const ComparedMethod& method : comparison.methods) {
    const Spread* spread = find(method.*split, metric);
    if (spread == nullptr) continue;
    best = better == eval::Better::larger ? std::fmax(best, spread->mean) : std::fmin(best, spread->mean);
  }
  return best;
}

/// Rows of methods, columns of metrics, of one split.
Table metrics_table(const Comparison& comparison, const std::vector<std::string>& metrics,
                    std::map<std::string, Spread> ComparedMethod::*split, std::string caption) {
  Table table{std::move(caption), {{"method", false}}, {}};
  std::map<std::string, double> best;
  for (const std::string& metric : metrics) {
    table.columns.push_back({metric});
    best[metric] = best_mean(comparison, metric, split);
  }
  const bool final = split == &ComparedMethod::metrics;
  for (const ComparedMethod& method : comparison.methods) {
    if ((method.*split).empty()) continue;
    std::vector<Cell> row{{method.label}};
    if (method.state == "partial") row.front().note = "(some seeds)";
    if (method.runs_cut_off() > 0) row.front().note += row.front().note.empty() ? "†" : " †";
    for (const std::string& metric : metrics) {
      const Spread* spread = find(method.*split, metric);
      if (spread == nullptr) {
        row.push_back({metric_text(kNoNumber)});
      } else {
        row.push_back({metric_text(spread->mean, spread->sd), final ? stars_of(method, metric) : "",
                       spread->mean == best[metric]});
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string stars_explained(const Comparison& comparison) {
  std::set<std::string> against;
  for (const ComparedMethod& method : comparison.methods) {
    for (const auto& [metric, test] : method.tests) against.insert(test.against);
  }
  if (against.empty()) return "Bold: the best mean.";
  return fmt::format(
      "Bold: the best mean. Stars: the method differs from {} by a paired t-test over users, p corrected by Holm: * "
      "below 0.05, ** below 0.01, *** below 0.001; no star: no such difference was found.",
      against.size() == 1 ? *against.begin() : "the one named under Significance");
}

/// "gini@20: how unevenly …; less is better. novelty@20: …"
std::string metrics_explained(const std::vector<std::string>& metrics) {
  std::string text;
  for (const std::string& metric : metrics) {
    text += fmt::format("{}{}: {}.", text.empty() ? "" : " ", metric, known_metric(metric)->explanation());
  }
  return text;
}

}  // namespace

Section results_section(const Comparison& comparison) {
  Section section{"Results", {}};
  const std::string split = comparison.tested ? "Test split, " : "Validation split, ";
  const std::size_t n = comparison.seeds.size();
  const std::string seeds = n > 1 ? fmt::format("mean ± standard deviation over {} seeds", n) : "one seed";
  section.blocks.emplace_back(metrics_table(comparison, comparison.metrics, &ComparedMethod::metrics, split + seeds));
  section.blocks.emplace_back(Paragraph{stars_explained(comparison)});
  if (any_cut_off(comparison)) section.blocks.emplace_back(Paragraph{cut_off_explained(comparison)});
  if (!comparison.beyond.empty()) {
    section.blocks.emplace_back(metrics_table(comparison, comparison.beyond, &ComparedMethod::metrics,
                                              "Beyond accuracy, test split, " + seeds));
    section.blocks.emplace_back(Paragraph{metrics_explained(comparison.beyond)});
  }
  std::size_t drawn = 0;
  for (const std::string& metric : comparison.metrics) {
    if (drawn == kMostBars) break;
    Figure figure{metric + (comparison.tested ? " on the test split" : " on the validation split"),
                  FigureKind::bar,
                  "",
                  metric,
                  {{metric}}};
    for (const ComparedMethod& method : comparison.methods) {
      const Spread* spread = find(method.metrics, metric);
      if (spread == nullptr) continue;
      figure.series.front().labels.push_back(method.label);
      figure.series.front().y.push_back(spread->mean);
      figure.series.front().error.push_back(spread->sd);
    }
    figure.highest_is_best = true;
    if (n > 1) figure.note = "Error bars: one standard deviation over the seeds, up and down.";
    if (!figure.series.front().y.empty()) section.blocks.emplace_back(std::move(figure)), ++drawn;
  }
  const auto add_folded = [&](Table table) {
    table.folded = true;
    if (!table.rows.empty() && table.columns.size() > 1) section.blocks.emplace_back(std::move(table));
  };
  add_folded(
      metrics_table(comparison, comparison.other_metrics, &ComparedMethod::metrics, split + "other K, " + seeds));
  if (comparison.tested)
    add_folded(
        metrics_table(comparison, comparison.metrics, &ComparedMethod::validation, "Validation split, " + seeds));
  return section;
}

Section significance_section(const Comparison& comparison) {
  Section section{"Significance", {}};
  for (const std::string& metric : comparison.metrics) {
    Table table{"Paired tests over users, " + metric,
                {{"method", false},
                 {"against", false},
                 {"difference"},
                 {"improvement"},
                 {"t-test p"},
                 {"p (Holm)"},
                 {"Wilcoxon p"},
                 {"p (Holm)"}},
                {}};
    for (const ComparedMethod& method : comparison.methods) {
      const auto found = method.tests.find(metric);
      if (found == method.tests.end()) continue;
      const Test& test = found->second;
      const std::string mark = test.cut_off ? "†" : "";
      table.rows.push_back({{method.label},
                            {test.against},
                            {std::isfinite(test.difference) ? fmt::format("{:+.4f}", test.difference) : "–"},
                            {percent_text(test.improvement_percent)},
                            {p_text(test.t_p), mark},
                            {p_text(test.t_p_holm), stars(test.t_p_holm) + mark},
                            {p_text(test.wilcoxon_p), mark},
                            {p_text(test.wilcoxon_p_holm), stars(test.wilcoxon_p_holm) + mark}});
    }
    table.folded = metric != comparison.primary;
    if (!table.rows.empty()) section.blocks.emplace_back(std::move(table));
  }
  return section;
}

namespace {

Figure cost_figure(const Comparison& comparison, const std::string& title, const std::string& unit,
                   Spread (*cost)(const ComparedMethod&)) {
  Figure figure{title, FigureKind::bar, "", unit, {{unit}}};
  for (const ComparedMethod& method : comparison.methods) {
    const Spread spread = cost(method);
    if (!std::isfinite(spread.mean)) continue;
    figure.series.front().labels.push_back(method.label);
    figure.series.front().y.push_back(spread.mean);
    figure.series.front().error.push_back(spread.sd);
  }
  return figure;
}

Figure trade_off(const Comparison& comparison) {
  Figure figure{comparison.primary + " and training time", FigureKind::scatter, "seconds", comparison.primary, {}};
  std::vector<double> all;
  for (const ComparedMethod& method : comparison.methods) {
    const Spread* spread = find(method.metrics, comparison.primary);
    if (spread == nullptr || !(method.seconds.mean > 0.0)) continue;
    all.push_back(method.seconds.mean);
    figure.series.push_back({method.label, {method.seconds.mean}, {}, {spread->mean}, {spread->sd}});
  }
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  if (!all.empty() && *most >= 20.0 * *least) figure.x_scale = Scale::log;
  return figure;
}

Section costs(const Comparison& comparison) {
  Section section{"Time and memory", {}};
  const std::vector<Figure> figures = {
      cost_figure(comparison, "Training time of one run", "seconds",
                  [](const ComparedMethod& method) { return method.seconds; }),
      cost_figure(comparison, "Peak memory of a run", "MB", [](const ComparedMethod& method) {
        return Spread{method.peak_bytes * 1e-6, kNoNumber};
      })};
  for (const Figure& figure : figures) {
    if (!figure.series.front().y.empty()) section.blocks.emplace_back(figure);
  }
  if (Figure figure = trade_off(comparison); figure.series.size() > 1) section.blocks.emplace_back(std::move(figure));
  return section;
}

/// The log of a method's first run that has one. The artifact may have been deleted to save space.
void add_curve(std::vector<LearningCurve>& curves, const ComparedMethod& method, const std::filesystem::path& folder) {
  for (const ComparedRun& run : method.runs) {
    const std::filesystem::path log = folder / run.folder / "model" / "train_log.jsonl";
    if (run.folder.empty() || !std::filesystem::is_regular_file(log)) continue;
    LearningCurve curve = parse_learning_curve(files::MappedFile(log).text(), log, method.label);
    if (!curve.epochs.empty()) curves.push_back(std::move(curve));
    return;
  }
}

Section learning(const Comparison& comparison, const std::filesystem::path& folder) {
  Section section{"Learning curves", {}};
  std::vector<LearningCurve> curves;
  for (const ComparedMethod& method : comparison.methods) add_curve(curves, method, folder);
  if (curves.empty()) return section;
  for (Figure figure : {validation_figure(curves, comparison.primary), loss_figure(curves)}) {
    if (figure.series.empty()) continue;
    if (comparison.seeds.size() > 1) figure.note = "The first seed of each method.";
    section.blocks.emplace_back(std::move(figure));
  }
  return section;
}

Section methods(const Comparison& comparison) {
  Section section{"Methods and runs", {}};
  Table table{"What was compared", {{"method", false}, {"state", false}, {"tuned", false}, {"options", false}}, {}};
  Table runs{
      "Runs",
      {{"method", false}, {"seed"}, {"best epoch"}, {"epochs"}, {"cut off by", false}, {"time"}, {"folder", false}},
      {}};
  for (const ComparedMethod& method : comparison.methods) {
    const Tone tone = method.state == "done" ? Tone::plain : method.state == "failed" ? Tone::bad : Tone::quiet;
    table.rows.push_back({{method.label},
                          {method.state, method.error, false, tone},
                          {method.tuned ? "yes" : "no"},
                          {method.options.empty() ? "defaults" : method.options}});
    for (const ComparedRun& run : method.runs) {
      runs.rows.push_back({{method.label},
                           {std::to_string(run.seed)},
                           {run.best_epoch < 0 ? "–" : std::to_string(run.best_epoch)},
                           {std::to_string(run.epochs)},
                           {run.ended_by.empty() ? "–" : option_name(run.ended_by)},
                           {seconds_text(run.seconds)},
                           {run.folder}});
    }
  }
  runs.folded = true;
  section.blocks.emplace_back(std::move(table));
  if (!runs.rows.empty()) section.blocks.emplace_back(std::move(runs));
  return section;
}

std::string notice_of(const Comparison& comparison) {
  const auto in_state = [&](std::string_view state) {
    return std::count_if(comparison.methods.begin(), comparison.methods.end(),
                         [&](const ComparedMethod& method) { return method.state == state; });
  };
  std::string notice;
  if (!comparison.complete) {
    notice = fmt::format("This comparison is not finished: {} of {} methods are done. What is there so far is shown.",
                         in_state("done"), comparison.methods.size());
  }
  if (const auto failed = in_state("failed"); failed > 0) {
    notice += fmt::format("{}{} of {} methods failed; see Methods and runs.", notice.empty() ? "" : " ", failed,
                          comparison.methods.size());
  }
  const auto cut = std::count_if(comparison.methods.begin(), comparison.methods.end(),
                                 [](const ComparedMethod& method) { return method.runs_cut_off() > 0; });
  if (cut > 0) {
    notice += fmt::format("{}A limit cut off runs of {} of {} methods while they still gained; they are marked †.",
                          notice.empty() ? "" : " ", cut, comparison.methods.size());
  }
  return notice;
}

}  // namespace

Page comparison_page(const Document& document) {
  const Node root = document.root();
  const Comparison comparison = read_comparison(root);
  const Node dataset = root["dataset"];
  Page page{"Comparison on " + dataset["name"].text(),
            fmt::format("{} methods, {} {}", comparison.methods.size(), comparison.seeds.size(),
                        comparison.seeds.size() == 1 ? "seed" : "seeds"),
            notice_of(comparison),
            {}};
  Facts facts = dataset_facts(dataset);
  add_origin(facts, root);
  std::vector<Section> sections;
  if (!comparison.metrics.empty()) sections.push_back(results_section(comparison));
  sections.push_back(significance_section(comparison));
  sections.push_back(costs(comparison));
  sections.push_back(learning(comparison, document.path().parent_path()));
  sections.push_back(methods(comparison));
  sections.push_back({"Dataset", {std::move(facts)}});
  for (Section& section : sections) {
    if (!section.blocks.empty()) page.sections.push_back(std::move(section));
  }
  return page;
}

}  // namespace monet::report
