// What stands in the HTML file itself, for readers without scripts.
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "tests/cli/scratch.h"
#include "tests/report/browser.h"
#include "tests/report/fixtures.h"

#include <algorithm>
#include <regex>
#include <variant>

namespace monet::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class ReportContent : public Scratch {
 protected:
  std::string report_of(const std::string& name) const {
    const Outcome outcome = run({"report", path_of(name), "--out", "-"});
    expect_done(outcome);
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }
  std::string comparison_page(const Document& document) const {
    write_comparison(folder_ / "results", document);
    return report_of("results");
  }
};

TEST_F(ReportContent, AComparisonShowsMeansSpreadsAndStars) {
  const std::string html = comparison_page(comparison());
  EXPECT_THAT(html, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(html, HasSubstr("0.0500 ± 0.0010 <small>*</small>"));
  EXPECT_THAT(html, HasSubstr("0.0600 ± 0.0020 <small></small>"));
  EXPECT_THAT(html, HasSubstr("<strong>0.0700 ± 0.0030</strong> <small>***</small>"));
  EXPECT_THAT(html, HasSubstr("differs from lightgcn by a paired t-test"));
  EXPECT_THAT(html, Not(HasSubstr("not finished")));
  EXPECT_THAT(html, AllOf(HasSubstr("59,541"), HasSubstr("0123456789abcdef")));
}

TEST_F(ReportContent, AComparisonShowsWhatIsBeyondAccuracy) {
  const std::string html = comparison_page(comparison());
  const std::string below = html.substr(std::min(html.find("Beyond accuracy, test split"), html.size()));
  EXPECT_THAT(below, AllOf(HasSubstr("coverage@20"), HasSubstr("gini@20"), HasSubstr("ils.image@20")));
  EXPECT_THAT(below, HasSubstr("<strong>0.5600 ± 0.0030</strong>")) << "the largest coverage";
  EXPECT_THAT(below, HasSubstr("<strong>0.9300 ± 0.0030</strong>")) << "the smallest Gini";
  EXPECT_THAT(below, AllOf(HasSubstr(">7 ± 0.0030"), Not(HasSubstr("<strong>7 ±"))))
      << "no novelty is better than another";
  EXPECT_THAT(below, AllOf(HasSubstr("gini@20: how unevenly"), HasSubstr("less is better. novelty@20: bits")));
  EXPECT_THAT(html, Not(HasSubstr("gini@20 on the test split"))) << "bars are of accuracy";
}

TEST_F(ReportContent, EveryMetricOfTheListIsOnThePages) {
  Document compared = comparison(), swept = sweep();
  std::vector<std::string> names, beyond;
  for (const eval::Metric& metric : eval::all_metrics()) {
    const std::string modality = std::holds_alternative<eval::OfPairs>(metric.rule) ? "text" : "";
    names.push_back(eval::to_string(eval::MetricName{std::string(metric.name), modality, 20}));
    if (metric.beyond_accuracy()) beyond.push_back(names.back());
    compared["methods"][0]["metrics"][names.back()] = {{"mean", 0.5}, {"sd", 0.0}, {"values", Document::array({0.5})}};
    swept["trials"][3]["test"][names.back()] = 0.5;
  }
  const std::string page = comparison_page(compared);
  write_json(folder_ / "out" / "sweep.json", swept);
  const std::string trials = report_of("out");
  for (const std::string& name : names) {
    EXPECT_THAT(page, HasSubstr(">" + name + "</th>"));
    EXPECT_THAT(trials, HasSubstr(">test " + name + "<"));
  }
  for (const std::string& name : beyond) EXPECT_THAT(trials, Not(HasSubstr(">test " + name + "</th>")));
}

TEST_F(ReportContent, AComparisonMarksWhatALimitCutOff) {
  EXPECT_THAT(comparison_page(comparison()), Not(HasSubstr("†")));
  Document document = comparison();
  document["methods"][2]["runs"][1]["ended_by"] = "max_minutes";
  document["methods"][2]["tests"]["recall@20"]["cut_off"] = true;
  const std::string html = comparison_page(document);
  EXPECT_THAT(html, HasSubstr("A limit cut off runs of 1 of 3 methods"));
  EXPECT_THAT(html, HasSubstr("gaining: monet (1 of 2 by max-minutes)"));
  EXPECT_THAT(html, HasSubstr("<strong>0.0700 ± 0.0030</strong> <small>***†</small>"));
  EXPECT_THAT(html, HasSubstr("monet <small>†</small>"));
  EXPECT_THAT(html, HasSubstr("0.0004 <small>***†</small>")) << "the p value, too";
  EXPECT_THAT(html, HasSubstr("0.0500 ± 0.0010 <small>*</small>")) << "no mark where both ended by themselves";
  EXPECT_THAT(html, HasSubstr(">max-minutes</td>"));
}

TEST_F(ReportContent, AnUnfinishedComparisonSaysSo) {
  const std::string html = comparison_page(comparison(false));
  EXPECT_THAT(html, HasSubstr("not finished: 1 of 3 methods are done"));
  EXPECT_THAT(html, AllOf(HasSubstr("1 of 3 methods failed"), HasSubstr("out of memory")));
}

TEST_F(ReportContent, AComparisonWithoutAnyResultYetIsAPage) {
  Document document = comparison(false);
  document["methods"][0] = document["methods"][1];
  EXPECT_THAT(comparison_page(document), HasSubstr("not finished: 0 of 3 methods are done"));
}

TEST_F(ReportContent, ASweepListsItsTrialsBestFirst) {
  write_json(folder_ / "out" / "sweep.json", sweep());
  const std::string html = report_of("out");
  const std::size_t best = html.find("<strong>4</strong> <small>best</small>");
  ASSERT_NE(best, std::string::npos);
  EXPECT_THAT(html.substr(best), HasSubstr("<strong>0.5</strong>"));
  EXPECT_GT(html.find("0.0520", best), best);
  EXPECT_THAT(html, HasSubstr("recall@20 by alpha and beta"));
}

TEST_F(ReportContent, ARacedSweepTellsHowFarEachTrialCame) {
  Document raced = sweep();
  raced["race"] = Document::array();
  for (std::size_t n = 0; n < raced["trials"].size(); ++n) {
    raced["race"].push_back({{"state", n == 3 ? "racing" : "out"}, {"rungs", n == 3 ? 3 : 2}});
  }
  write_json(folder_ / "out" / "sweep.json", raced);
  EXPECT_THAT(report_of("out"), AllOf(HasSubstr("to the end"), HasSubstr("out after rung 2")));
}

TEST_F(ReportContent, WhatAutoFoundStandsWithItsReasonsAndTheRace) {
  write_json(folder_ / "out" / "auto.json", found());
  const std::string html = report_of("out");
  EXPECT_THAT(html, AllOf(HasSubstr("The best method for tiny"), HasSubstr("monet is the best on validation."),
                          HasSubstr("It finds 16.7 % more."), HasSubstr("One candidate still gained.")));
  EXPECT_THAT(html, AllOf(HasSubstr("<strong>0.0700 ± 0.0030</strong> <small>***</small>"), HasSubstr("without image"),
                          HasSubstr("no room"), HasSubstr("still in"), HasSubstr("out of memory"),
                          HasSubstr("no time: another setting took 900 s"), HasSubstr("●●●")));
  const std::size_t chosen = html.find("<strong>monet</strong> <small>chosen</small>");
  ASSERT_NE(chosen, std::string::npos);
  EXPECT_GT(html.find("lightgcn", html.rfind("<table", chosen)), chosen) << "the best first";
  EXPECT_THAT(html, HasSubstr("1 of 5 candidates failed"));
  write_json(folder_ / "half" / "auto.json", found(false));
  EXPECT_THAT(report_of("half"),
              AllOf(HasSubstr("Not complete"), HasSubstr("The race"), Not(HasSubstr("What was found"))));
}

TEST_F(ReportContent, AReproductionShowsThePapersValueBesideEachCell) {
  write_json(folder_ / "out" / "reproduction.json", reproduction());
  const std::string html = report_of("out");
  EXPECT_THAT(html, HasSubstr("<strong>0.0912 ± 0.0011</strong> <small>(0.0895)</small>"));
  EXPECT_THAT(html, HasSubstr("– <small>no images</small>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"colgroup\" colspan=\"1\">men</th>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"bad\">not supported</td>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">without</th><td class=\"number\">0.1000 ± 0.0200</td>"));
  EXPECT_THAT(html, HasSubstr("A missing one: not drawn. no GPU"));
}

TEST_F(ReportContent, AnArtifactShowsMetricsAndOptions) {
  make_artifact();
  const std::string html = report_of("artifact");
  EXPECT_THAT(html, AllOf(HasSubstr("ndcg_paper@20"), HasSubstr("weight_decay"), HasSubstr("Best epoch")));
}

TEST_F(ReportContent, LoadsNothingAndKeepsTheLicences) {
  const std::string html = comparison_page(comparison());
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  const std::string own = html.substr(0, html.find("<script"));
  const std::regex outside("(src|href)=\"(?!#|data:,)");
  EXPECT_FALSE(std::regex_search(own, outside));
  EXPECT_EQ(count_of(own, "Permission"), 5U) << "D3, Plot, isoformat, interval-tree-1d, binary-search-bounds";
  EXPECT_LT(html.size(), 1'500'000U);
}

TEST_F(ReportContent, EveryFigureHasItsNumbersAsATable) {
  const std::string html = comparison_page(comparison());
  EXPECT_EQ(count_of(html, "<figure"), count_of(html, "<summary>Numbers of this figure"));
  EXPECT_GT(count_of(html, "<figure"), 0U);
}

TEST_F(ReportContent, LiesInTheDirectoryOrBesideTheFile) {
  write_comparison(folder_ / "results", comparison());
  write_json(folder_ / "similarity.json", similarity());
  const Outcome outcome = run({"report", path_of("results")});
  expect_done(outcome);
  EXPECT_EQ(outcome.out, path_of("results/report.html") + ": Comparison on tiny\n");
  expect_done(run({"report", path_of("similarity.json")}));
  EXPECT_TRUE(std::filesystem::exists(path_of("similarity.html")));
}

TEST_F(ReportContent, IsReplacedOnlyWhenAskedTo) {
  write_comparison(folder_ / "results", comparison());
  const std::string page = path_of("results/report.html");
  write_text(page, "mine");
  expect_refused(run({"report", path_of("results")}), {"report.html", "--force"});
  expect_refused(run({"report", path_of("results"), "--force"}), {"report.html", "replaces only its own"});
  EXPECT_EQ(read_text(page), "mine");
  std::filesystem::remove(page);
  expect_done(run({"report", path_of("results")}));
  const std::string before = read_text(page);
  EXPECT_THAT(before, HasSubstr("Comparison on tiny"));
  write_text(page, before + "<!-- old -->");
  expect_refused(run({"report", path_of("results")}), {"report.html", "--force"});
  expect_done(run({"report", path_of("results"), "--force"}));
  EXPECT_EQ(read_text(page), before);
}

}  // namespace
}  // namespace monet::test
