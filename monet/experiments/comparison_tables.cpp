#include "monet/core/options.h"
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "monet/experiments/comparison_documents.h"
#include "monet/experiments/detail/markdown.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace monet::experiments {

namespace {

/// The names of the table's columns among the metrics that are there: at each K, at the primary one only, or not at
/// all, as the list of metrics says.
std::vector<std::string> columns(const Comparison& comparison, bool beyond_accuracy) {
  std::set<eval::MetricName, eval::ByPlace> there;
  for (const MethodResult& result : comparison.methods) {
    for (const auto& [name, summary] : result.metrics) there.insert(eval::parse_metric_name(name));
  }
  const Index primary_k = eval::parse_metric_name(comparison.primary).k;
  std::vector<std::string> names;
  for (const eval::Column column : {eval::Column::every_k, eval::Column::primary_k}) {
    for (const eval::MetricName& name : there) {
      const eval::Metric* metric = eval::find_metric(name.metric);
      if (metric == nullptr || metric->column != column || metric->beyond_accuracy() != beyond_accuracy) continue;
      if (column == eval::Column::every_k || name.k == primary_k) names.push_back(eval::to_string(name));
    }
  }
  return names;
}

std::string value_text(const MethodResult& result, const std::string& metric, std::string_view plus_minus) {
  const auto found = result.metrics.find(metric);
  if (found == result.metrics.end()) return "-";
  const Summary& summary = found->second;
  if (summary.values.size() < 2) return fmt::format("{:.4f}", summary.mean);
  return fmt::format("{:.4f} {} {:.4f}", summary.mean, plus_minus, summary.sd);
}

constexpr const char* kCutOff = "†";

std::string p_text(double p, bool cut_off) {
  return detail::p_text(p) + (cut_off ? " †" : "");
}

std::string label_text(const MethodResult& result) {
  return result.method.label + (result.cut_off().empty() ? "" : std::string(" ") + kCutOff);
}

/// "lightgcn: max-minutes ended 2 of 3 runs, after 40 to 52 epochs"; "" where no run was cut off.
std::string cut_off_text(const MethodResult& result) {
  std::size_t cut = 0;
  int fewest = 0, most = 0;
  std::set<std::string> limits;
  for (const Run& run : result.runs) {
    if (run.state != Run::State::done || run.ended_by.empty()) continue;
    fewest = cut == 0 ? run.epochs : std::min(fewest, run.epochs);
    most = std::max(most, run.epochs);
    limits.insert(option_name(run.ended_by));
    ++cut;
  }
  if (cut == 0) return "";
  return fmt::format("{}: {} ended {} of {} run{}, after {}{} epoch{}", result.method.label, fmt::join(limits, " or "),
                     cut, result.runs.size(), result.runs.size() == 1 ? "" : "s", fewest,
                     most > fewest ? fmt::format(" to {}", most) : "", most == 1 ? "" : "s");
}

/// What the mark means, and of whom; "" where no run was cut off.
std::string cut_off_notes(const Comparison& comparison) {
  std::string text;
  for (const MethodResult& result : comparison.methods) {
    if (const std::string cut = cut_off_text(result); !cut.empty()) text += fmt::format("- {} {}\n", kCutOff, cut);
  }
  if (text.empty()) return "";
  return text + fmt::format(
                    "\n{}: a limit ended the training before validation had stopped gaining; more time may change the "
                    "figures, and a p value with the mark compares with such a run.\n\n",
                    kCutOff);
}

std::string improvement_text(const MetricTest& test) {
  return test.improvement_percent ? fmt::format("{:+.1f} %", *test.improvement_percent) : "-";
}

std::string seconds_text(const MethodResult& result) {
  return result.seconds.values.empty() ? "-" : fmt::format("{:.1f} s", result.seconds.mean);
}

std::string memory_text(const MethodResult& result) {
  return result.peak_bytes == 0 ? "-" : fmt::format("{:.0f} MB", static_cast<double>(result.peak_bytes) * 1e-6);
}

/// The second table: what is beyond accuracy; empty where nothing of it is there.
std::string beyond_table(const Comparison& comparison) {
  const std::vector<std::string> metrics = columns(comparison, true);
  if (metrics.empty()) return "";
  detail::Rows rows{{"beyond accuracy"}};
  rows[0].insert(rows[0].end(), metrics.begin(), metrics.end());
  for (const MethodResult& result : comparison.methods) {
    std::vector<std::string>& row = rows.emplace_back(1, label_text(result));
    for (const std::string& metric : metrics) row.push_back(value_text(result, metric, "±"));
  }
  return detail::aligned(rows) + "\n";
}

std::vector<std::string> markdown_row(const Comparison& comparison, const MethodResult& result,
                                      const std::vector<std::string>& metrics) {
  std::vector<std::string> row{label_text(result)};
  for (const std::string& metric : metrics) row.push_back(value_text(result, metric, "±"));
  const auto test = result.tests.find(comparison.primary);
  if (test == result.tests.end()) {
    row.insert(row.end(), {"-", "-", "-"});
  } else {
    row.push_back(fmt::format("{} {}", improvement_text(test->second), test->second.against));
    row.push_back(p_text(test->second.t.p_holm, test->second.cut_off));
    row.push_back(p_text(test->second.wilcoxon.p_holm, test->second.cut_off));
  }
  row.push_back(seconds_text(result));
  row.push_back(memory_text(result));
  return row;
}

std::string heading(const Comparison& comparison) {
  const DatasetInfo& data = comparison.dataset;
  std::string text = fmt::format("# Comparison on {}\n\n", data.name);
  text += fmt::format(
      "{} users, {} items; {} training, {} validation and {} test interactions; item features: {}. Seeds {}.\n",
      data.users, data.items, data.train, data.validation, data.test,
      data.modalities.empty() ? "none" : fmt::format("{}", fmt::join(data.modalities, ", ")),
      fmt::join(comparison.seeds, ", "));
  if (comparison.tune > 0) {
    text += fmt::format("Each model was tuned with up to {} trials of its grid on the validation split.\n",
                        comparison.tune);
  }
  if (!comparison.complete) text += "Not complete: some runs are still to be made.\n";
  return text + "\n";
}

std::string notes(const Comparison& comparison) {
  std::string text;
  for (const MethodResult& result : comparison.methods) {
    if (!result.error().empty())
      text += fmt::format("- {}: {}: {}\n", result.method.label, result.state(), result.error());
  }
  if (!text.empty()) text += '\n';
  text += cut_off_notes(comparison);
  const bool tested = std::any_of(comparison.methods.begin(), comparison.methods.end(),
                                  [](const MethodResult& result) { return !result.tests.empty(); });
  text +=
      comparison.seeds.size() > 1 ? "Test split, mean ± standard deviation over the seeds." : "Test split, one seed.";
  if (tested) {
    text += fmt::format(
        " The lead in {} is over the best other method; p values are of paired tests over users (each user's mean over "
        "the seeds) against the best method, corrected by Holm.",
        comparison.primary);
  }
  for (const std::string& name : columns(comparison, true)) {
    text += fmt::format("\n- {}: {}", name, eval::find_metric(eval::parse_metric_name(name).metric)->explanation());
  }
  return text + "\n";
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string latex_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("&%$#_{}").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// The places of the best and the second mean of a metric, or -1.
std::pair<int, int> leaders(const Comparison& comparison, const std::string& metric) {
  std::vector<std::pair<double, int>> means;
  for (std::size_t m = 0; m < comparison.methods.size(); ++m) {
    const auto found = comparison.methods[m].metrics.find(metric);
    if (found != comparison.methods[m].metrics.end()) means.emplace_back(-found->second.mean, static_cast<int>(m));
  }
  std::sort(means.begin(), means.end());
  return {means.empty() ? -1 : means[0].second, means.size() < 2 ? -1 : means[1].second};
}

}  // namespace

std::string results_table(const Comparison& comparison) {
  const std::vector<std::string> metrics = columns(comparison, false);
  detail::Rows rows(1);
  rows[0] = {"method"};
  rows[0].insert(rows[0].end(), metrics.begin(), metrics.end());
  rows[0].insert(rows[0].end(),
                 {fmt::format("{} against", comparison.primary), "p (t-test)", "p (Wilcoxon)", "time", "memory"});
  for (const MethodResult& result : comparison.methods) rows.push_back(markdown_row(comparison, result, metrics));
  return detail::aligned(rows);
}

std::string to_markdown(const Comparison& comparison) {
  return heading(comparison) + results_table(comparison) + "\n" + beyond_table(comparison) + notes(comparison);
}

std::string to_csv(const Comparison& comparison) {
  std::string text =
      "method,state,metric,mean,sd,seeds,validation_mean,against,improvement_percent,t_p,t_p_holm,wilcoxon_p,"
      "wilcoxon_p_holm,seconds,peak_bytes,runs_cut_off,test_cut_off\n";
  for (const MethodResult& result : comparison.methods) {
    const std::string start = fmt::format("{},{}", csv_field(result.method.label), result.state());
    const std::string costs = fmt::format("{},{},{},", result.seconds.mean, result.peak_bytes, result.cut_off().size());
    if (result.metrics.empty()) text += fmt::format("{},,,,,,,,,,,,{}\n", start, costs);
    for (const auto& [metric, summary] : result.metrics) {
      text += fmt::format("{},{},{},{},{},", start, metric, summary.mean, summary.sd, summary.values.size());
      if (const auto found = result.validation.find(metric); found != result.validation.end()) {
        text += fmt::format("{}", found->second.mean);
      }
      const auto tested = result.tests.find(metric);
      if (tested != result.tests.end()) {
        const MetricTest& test = tested->second;
        text += fmt::format(",{},{},{},{},{},{},", csv_field(test.against),
                            test.improvement_percent ? fmt::format("{}", *test.improvement_percent) : "", test.t.p,
                            test.t.p_holm, test.wilcoxon.p, test.wilcoxon.p_holm);
      } else {
        text += ",,,,,,,";
      }
      text += costs + (tested == result.tests.end() ? "" : tested->second.cut_off ? "1" : "0") + "\n";
    }
  }
  return text;
}

std::string to_latex(const Comparison& comparison) {
  const std::vector<std::string> metrics = columns(comparison, false);
  std::string text = fmt::format("% {}; needs \\usepackage{{booktabs}}\n\\begin{{tabular}}{{l{}}}\n\\toprule\nMethod",
                                 comparison.dataset.name, std::string(metrics.size(), 'r'));
  for (const std::string& metric : metrics) text += " & " + latex_text(metric);
  text += " \\\\\n\\midrule\n";
  std::vector<std::pair<int, int>> marked;
  for (const std::string& metric : metrics) marked.push_back(leaders(comparison, metric));
  for (std::size_t m = 0; m < comparison.methods.size(); ++m) {
    text += latex_text(comparison.methods[m].method.label);
    if (!comparison.methods[m].cut_off().empty()) text += "$^\\dagger$";
    for (std::size_t c = 0; c < metrics.size(); ++c) {
      const std::string value = value_text(comparison.methods[m], metrics[c], "$\\pm$");
      const char* mark = marked[c].first == static_cast<int>(m)    ? "\\textbf"
                         : marked[c].second == static_cast<int>(m) ? "\\underline"
                                                                   : nullptr;
      text += " & " + (mark == nullptr ? value : fmt::format("{}{{{}}}", mark, value));
    }
    text += " \\\\\n";
  }
  const bool any = std::any_of(comparison.methods.begin(), comparison.methods.end(),
                               [](const MethodResult& result) { return !result.cut_off().empty(); });
  if (any) text += "% $^\\dagger$: a limit ended the training before validation had stopped gaining\n";
  return text + "\\bottomrule\n\\end{tabular}\n";
}

}  // namespace monet::experiments
