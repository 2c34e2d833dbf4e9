// A comparison as Markdown, CSV and LaTeX.
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "monet/experiments/comparison_documents.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>
#include <variant>

namespace monet::experiments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Summary summary(std::vector<double> values, double sd) {
  Summary made;
  for (const double x : values) made.mean += x / static_cast<double>(values.size());
  made.sd = sd;
  made.values = std::move(values);
  return made;
}

MethodResult result(Method method, double recall) {
  MethodResult made;
  made.method = std::move(method);
  for (const char* name : {"recall@20", "ndcg@20", "precision@20"}) {
    made.metrics[name] = summary({recall - 0.01, recall + 0.01}, 0.0141);
  }
  made.runs.resize(2);
  for (Run& run : made.runs) run.state = Run::State::done;
  made.seconds = summary({1.0, 2.0}, 0.5);
  made.peak_bytes = 103'000'000;
  return made;
}

Comparison example() {
  Comparison comparison;
  comparison.dataset.name = "my_shop";
  comparison.primary = "recall@20";
  comparison.seeds = {0, 1};
  comparison.complete = true;
  comparison.methods.push_back(result(make_method("monet", {{"layers", "2"}, {"alpha", "1"}}), 0.3));
  comparison.methods.push_back(result(make_method("mf"), 0.2));
  MetricTest& test = comparison.methods[0].tests["recall@20"];
  test.against = "mf";
  test.improvement_percent = 50.0;
  test.t = {3.0, 0.0004, 0.0004};
  test.wilcoxon = {9.0, 0.02, 0.04};
  MethodResult failed;
  failed.method = make_method("lattice");
  failed.runs.resize(1);
  failed.runs[0].state = Run::State::failed;
  failed.runs[0].error = "the loss became nan";
  comparison.methods.push_back(failed);
  return comparison;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Tables, MarkdownLinesUpAndSaysHowToReadIt) {
  const std::string text = to_markdown(example());
  EXPECT_THAT(text, AllOf(HasSubstr("# Comparison on my_shop"), HasSubstr("| monet:layers=2,alpha=1 |"),
                          HasSubstr("0.3000 ± 0.0141"), HasSubstr("+50.0 % mf"), HasSubstr("< 0.001"),
                          HasSubstr(" 0.040 |"), HasSubstr("1.5 s"), HasSubstr("103 MB"), HasSubstr("Holm")));
  EXPECT_THAT(text, HasSubstr("- lattice: failed: the loss became nan"));
  EXPECT_THAT(text, Not(HasSubstr("Not complete")));
  std::vector<long> widths;
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with('|')) continue;
    widths.push_back(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  }
  ASSERT_EQ(widths.size(), 5U);
  EXPECT_THAT(widths, ::testing::Each(widths.front()));
}

/// The example with a run of its best that a limit ended.
Comparison cut_off_example() {
  Comparison comparison = example();
  comparison.methods[0].runs[1].ended_by = "max_minutes";
  comparison.methods[0].runs[1].epochs = 40;
  comparison.methods[0].tests["recall@20"].cut_off = true;
  return comparison;
}

TEST(Tables, ARunThatALimitCutOffIsMarkedInEveryTable) {
  const std::string text = to_markdown(cut_off_example());
  EXPECT_THAT(text, AllOf(HasSubstr("| monet:layers=2,alpha=1 † |"), HasSubstr("< 0.001 † |"), HasSubstr("0.040 † |"),
                          HasSubstr("- † monet:layers=2,alpha=1: max-minutes ended 1 of 2 runs, after 40 epochs\n"),
                          HasSubstr("| mf "), Not(HasSubstr("mf †"))));
  EXPECT_THAT(to_markdown(example()), Not(HasSubstr("†")));
  EXPECT_THAT(to_latex(cut_off_example()), HasSubstr("monet:layers=2,alpha=1$^\\dagger$ &"));
  EXPECT_THAT(to_latex(example()), Not(HasSubstr("dagger")));
  EXPECT_THAT(lines_of(to_csv(cut_off_example()))[3], ::testing::EndsWith(",1.5,103000000,1,1"));
  EXPECT_THAT(lines_of(to_csv(cut_off_example()))[4], ::testing::EndsWith(",1.5,103000000,0,"));

  const std::string json = to_json(cut_off_example(), {}, "out");
  EXPECT_THAT(json, AllOf(HasSubstr("\"ended_by\": \"max_minutes\""), HasSubstr("\"cut_off\": true"),
                          HasSubstr("\"cut_off\": [\n        0\n      ]")));
  EXPECT_THAT(to_json(example(), {}, "out"),
              AllOf(HasSubstr("\"ended_by\": \"\""), HasSubstr("\"cut_off\": false"), Not(HasSubstr("max_minutes"))));
}

/// The example with every metric of the list, at 10 and at 20.
Comparison with_all_metrics() {
  Comparison comparison = example();
  for (MethodResult& result : comparison.methods) {
    if (result.metrics.empty()) continue;
    for (const eval::Metric& metric : eval::all_metrics()) {
      const bool pairs = std::holds_alternative<eval::OfPairs>(metric.rule);
      for (const Index k : {10, 20}) {
        const eval::MetricName name{std::string(metric.name), pairs ? "image" : "", k};
        result.metrics[eval::to_string(name)] = summary({0.2, 0.4}, 0.1);
      }
    }
  }
  return comparison;
}

/// The names in the header of a Markdown table that starts with `first`.
std::vector<std::string> header_of(const std::string& markdown, const std::string& first) {
  for (const std::string& line : lines_of(markdown)) {
    if (!line.starts_with("| " + first)) continue;
    std::istringstream words(line.substr(first.size() + 2));
    std::vector<std::string> names;
    for (std::string word; words >> word;) {
      if (word.find('@') != std::string::npos) names.push_back(word);
    }
    return names;
  }
  return {};
}

TEST(Tables, HaveTheColumnsThatTheListOfMetricsSays) {
  const std::string text = to_markdown(with_all_metrics());
  std::vector<std::string> first, second;
  for (const eval::Column column : {eval::Column::every_k, eval::Column::primary_k}) {
    for (const eval::Metric& metric : eval::all_metrics()) {
      if (metric.column != column) continue;
      std::vector<std::string>& names = metric.beyond_accuracy() ? second : first;
      if (column == eval::Column::every_k) names.push_back(eval::at_k(metric.name, 10));
      names.push_back(eval::at_k(metric.name, 20));
    }
  }
  EXPECT_THAT(first, ::testing::IsSupersetOf({"recall@10", "recall@20", "ndcg@20", "precision@20"}));
  EXPECT_THAT(second, ::testing::ElementsAre("coverage@20", "gini@20", "novelty@20"));
  EXPECT_EQ(header_of(text, "beyond accuracy"), second);
  first.emplace_back("recall@20");  // of the lead
  EXPECT_EQ(header_of(text, "method"), first);
  EXPECT_THAT(text, HasSubstr("- gini@20: how unevenly"));
  EXPECT_THAT(text, HasSubstr("; less is better\n"));
  EXPECT_THAT(to_markdown(example()), Not(HasSubstr("beyond")));
}

TEST(Tables, CsvHasEveryMetricOfTheList) {
  const std::string text = to_csv(with_all_metrics());
  for (const eval::Metric& metric : eval::all_metrics()) {
    const bool pairs = std::holds_alternative<eval::OfPairs>(metric.rule);
    EXPECT_THAT(text, HasSubstr(fmt::format(",done,{}{}@20,", metric.name, pairs ? ".image" : "")));
  }
}

TEST(Tables, CsvHasOneLineForEachMethodAndMetricWithAllColumns) {
  const std::vector<std::string> lines = lines_of(to_csv(example()));
  ASSERT_EQ(lines.size(), 1U + 3 + 3 + 1);
  const auto fields = [](std::string line) {
    if (line.starts_with('"')) line.erase(0, line.find('"', 1) + 1);
    return std::count(line.begin(), line.end(), ',');
  };
  for (const std::string& line : lines) EXPECT_EQ(fields(line), fields(lines.front())) << line;
  EXPECT_THAT(lines[3], AllOf(HasSubstr("\"monet:layers=2,alpha=1\",done,recall@20,0.3,0.0141,2,"),
                              HasSubstr(",mf,50,0.0004,0.0004,0.02,0.04,1.5,103000000,0,0")));
  EXPECT_THAT(lines.back(), HasSubstr("lattice,failed,"));
}

TEST(Tables, LatexMarksTheBestAndTheSecond) {
  const std::string text = to_latex(example());
  EXPECT_THAT(text, AllOf(HasSubstr("\\begin{tabular}{lrrr}"), HasSubstr("\\textbf{0.3000 $\\pm$ 0.0141}"),
                          HasSubstr("\\underline{0.2000 $\\pm$ 0.0141}"), HasSubstr("lattice & - & - & -"),
                          HasSubstr("\\bottomrule")));
}

}  // namespace
}  // namespace monet::experiments
