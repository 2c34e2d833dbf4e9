// Numbers, scales, curves and figures, by themselves.
#include "monet/report/figure.h"
#include "monet/report/learning_curve.h"
#include "monet/report/metric_names.h"
#include "monet/report/numbers.h"
#include "monet/report/sweep.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <array>

namespace monet::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Numbers, HaveTheDigitsOfTheirSize) {
  EXPECT_EQ(metric_text(0.07123), "0.0712");
  EXPECT_EQ(metric_text(118.24), "118.2");
  EXPECT_EQ(metric_text(3.14e-6), "3.1e-06");
  EXPECT_EQ(metric_text(0.0), "0.0000");
  EXPECT_EQ(metric_text(kNoNumber), "–");
  EXPECT_EQ(metric_text(0.0045, 0.00002), "0.0045 ± 0.0000");
  EXPECT_EQ(metric_text(0.0045, kNoNumber), "0.0045");
  EXPECT_EQ(seconds_text(0.5), "0.50 s");
  EXPECT_EQ(seconds_text(725.0), "12 min 5 s");
  EXPECT_EQ(seconds_text(12000.0), "3 h 20 min");
  EXPECT_EQ(bytes_text(103e6), "103 MB");
  EXPECT_EQ(bytes_text(1.25e9), "1.2 GB");
  EXPECT_EQ(count_text(1234567), "1,234,567");
  EXPECT_EQ(count_text(-123456), "-123,456");
  EXPECT_EQ(p_text(0.00003), "< 0.0001");
  EXPECT_EQ(percent_text(-12.34), "-12.3 %");
}

TEST(Numbers, EarnStarsBelowTheThresholds) {
  EXPECT_EQ(stars(0.0009), "***");
  EXPECT_EQ(stars(0.001), "**");
  EXPECT_EQ(stars(0.01), "*");
  EXPECT_EQ(stars(0.05), "");
  EXPECT_EQ(stars(kNoNumber), "");
}

TEST(MetricNames, AreOrderedByKThenAsInTheList) {
  EXPECT_THAT(
      ordered_metrics({"hit@10", "mrr@20", "ndcg@10", "ils.text@20", "ndcg@20", "recall@20", "recall@5"}, "ndcg@20"),
      ElementsAre("ndcg@20", "recall@20", "mrr@20", "ils.text@20", "recall@5", "hit@10", "ndcg@10"));
}

TEST(Scales, FollowTheSpreadOfTheValues) {
  EXPECT_EQ(scale_for(std::array{0.0, 0.5, 1.0}), Scale::linear);
  EXPECT_EQ(scale_for(std::array{1e-5, 1e-3}), Scale::log);
  EXPECT_EQ(scale_for(std::array{0.0, 1e-5, 1e-3}), Scale::point);
  EXPECT_EQ(scale_for(std::array{-1.0, 1e-5, 1.0}), Scale::linear);
  EXPECT_EQ(scale_for(std::array{0.0}), Scale::linear);
}

TEST(Figures, AreJsonThatCannotEndItsElement) {
  const Figure figure{"t", FigureKind::line, "x", "</script>&", {{"<!--", {0.0, 1.0}, {}, {0.123456789, kNoNumber}}}};
  const std::array figures{&figure};
  const std::string json = figures_json(figures);
  EXPECT_EQ(json.find_first_of("<>&"), std::string::npos);
  EXPECT_THAT(json, HasSubstr("\"y\":[0.123457,null]"));
}

TEST(Figures, HaveTheirNumbersThinnedInTheTable) {
  Figure figure{"t", FigureKind::line, "epoch", "loss", {{"a"}}};
  for (int i = 0; i < 100; ++i) {
    figure.series[0].x.push_back(i);
    figure.series[0].y.push_back(i * 0.001);
  }
  const Table table = numbers_of(figure);
  EXPECT_EQ(table.rows.size(), 21U);
  EXPECT_EQ(table.rows.back()[1].text, "99");
  EXPECT_THAT(table.caption, HasSubstr("about 20 points"));
}

TEST(LearningCurves, AreThinnedBetweenFirstAndLast) {
  std::string log;
  for (int epoch = 0; epoch < 1000; ++epoch) {
    log += fmt::format("{{\"epoch\": {}, \"loss\": null{}}}\n", epoch,
                       epoch == 7 ? ", \"validation\": {\"recall@20\": 0.5}" : "");
  }
  const std::array curves{parse_learning_curve(log, "log", "a"), parse_learning_curve("", "log", "empty")};
  const Figure loss = loss_figure(curves);
  ASSERT_EQ(loss.series.size(), 1U);
  EXPECT_EQ(loss.series[0].x.size(), 250U);
  EXPECT_EQ(loss.series[0].x.front(), 0.0);
  EXPECT_EQ(loss.series[0].x.back(), 999.0);
  EXPECT_THAT(validation_figure(curves, "recall@20").series.at(0).x, ElementsAre(7.0));
  EXPECT_THAT(validation_figure(curves, "mrr@20").series, IsEmpty());
}

Sweep sweep_of(const std::vector<std::pair<std::map<std::string, SweptValue>, double>>& scores) {
  Sweep sweep;
  sweep.metric = "recall@20";
  for (const auto& [options, score] : scores) {
    sweep.trials.emplace_back();
    sweep.trials.back().options = options;
    sweep.trials.back().score = score;
  }
  return sweep;
}

TEST(Sensitivity, OfThreeParametersShowsTheBestOverTheOthers) {
  const SweptValue one{"1", 1.0};
  const SweptValue two{"2", 2.0};
  const SweptValue sum{"sum"};
  Sweep sweep = sweep_of({{{{"a", one}, {"b", one}, {"c", sum}}, 0.1},
                          {{{"a", one}, {"b", two}, {"c", sum}}, 0.3},
                          {{{"a", two}, {"b", one}, {"c", sum}}, 0.2},
                          {{{"a", two}, {"b", two}, {"c", sum}}, kNoNumber}});
  sweep.parameters = {"a", "b", "c"};
  sweep.values = {{"a", {one, two}}, {"b", {one, two}}, {"c", {sum}}};
  const std::vector<Figure> figures = sensitivity_figures(sweep);
  ASSERT_EQ(figures.size(), 3U);
  EXPECT_THAT(figures[0].series.at(0).y, ElementsAre(0.3, 0.2));
  EXPECT_THAT(figures[1].series.at(0).y, ElementsAre(0.2, 0.3));
  EXPECT_EQ(figures[2].kind, FigureKind::bar);
}

}  // namespace
}  // namespace monet::report
