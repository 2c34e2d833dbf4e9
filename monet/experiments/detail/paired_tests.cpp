#include "monet/experiments/detail/paired_tests.h"

#include "monet/core/error.h"
#include "monet/eval/significance.h"

#include <algorithm>
#include <numeric>

namespace monet::experiments {

namespace {

/// Metrics of each user, means over the finished seeds of a method.
struct Contender {
  MethodResult* result = nullptr;
  UserMetrics means;
};

void add(UserMetrics& sum, UserMetrics more, const Run& run) {
  if (sum.users.empty()) {
    sum = std::move(more);
    return;
  }
  if (sum.users != more.users || sum.names != more.names) {
    fail<DataError>("{}: other users or metrics than the other runs have; delete the run's folder to do it again",
                    (run.folder / "users.tsv").string());
  }
  for (std::size_t c = 0; c < sum.values.size(); ++c) {
    std::transform(sum.values[c].begin(), sum.values[c].end(), more.values[c].begin(), sum.values[c].begin(),
                   std::plus<>());
  }
}

std::vector<Contender> read(Comparison& comparison) {
  std::vector<Contender> contenders;
  for (MethodResult& result : comparison.methods) {
    Contender contender{&result, {}};
    double count = 0.0;
    for (const Run& run : result.runs) {
      if (run.state != Run::State::done) continue;
      add(contender.means, read_user_metrics(run.folder / "users.tsv"), run);
      count += 1.0;
    }
    if (count == 0.0) continue;
    for (auto& column : contender.means.values) {
      for (double& value : column) value /= count;
    }
    if (!contenders.empty() && contender.means.users != contenders.front().means.users) {
      fail<DataError>("{} was evaluated on other users than {}; give `force` to start over", result.method.label,
                      contenders.front().result->method.label);
    }
    contenders.push_back(std::move(contender));
  }
  return contenders;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

MetricTest test(const Contender& one, const Contender& other, std::size_t column) {
  const std::vector<double>& a = one.means.values[column];
  const std::vector<double>& b = other.means.values[column];
  MetricTest test;
  test.against = other.result->method.label;
  test.users = static_cast<Index>(a.size());
  test.cut_off = !one.result->cut_off().empty() || !other.result->cut_off().empty();
  test.difference = mean(a) - mean(b);
  constexpr double kPercent = 100.0;
  if (mean(b) > 0.0) test.improvement_percent = kPercent * test.difference / mean(b);
  const eval::Significance t = eval::paired_t_test(a, b);
  const eval::Significance wilcoxon = eval::wilcoxon_signed_rank(a, b);
  test.t = {t.statistic, t.p, t.p};
  test.wilcoxon = {wilcoxon.statistic, wilcoxon.p, wilcoxon.p};
  return test;
}

void correct(std::vector<MetricTest>& tests, TestFigures MetricTest::*figures) {
  std::vector<double> p;
  for (const MetricTest& test : tests) p.push_back((test.*figures).p);
  const std::vector<double> corrected = eval::holm(p);
  for (std::size_t n = 0; n < tests.size(); ++n) (tests[n].*figures).p_holm = corrected[n];
}

void test_metric(std::vector<Contender>& contenders, std::size_t column) {
  std::vector<std::size_t> order(contenders.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
    return mean(contenders[x].means.values[column]) > mean(contenders[y].means.values[column]);
  });
  const Contender& best = contenders[order[0]];
  std::vector<MetricTest> tests;
  for (std::size_t n = 1; n < order.size(); ++n) tests.push_back(test(contenders[order[n]], best, column));
  correct(tests, &MetricTest::t);
  correct(tests, &MetricTest::wilcoxon);
  MetricTest lead = test(best, contenders[order[1]], column);
  lead.t.p_holm = tests.front().t.p_holm;
  lead.wilcoxon.p_holm = tests.front().wilcoxon.p_holm;
  const std::string& name = best.means.names[column];
  best.result->tests[name] = std::move(lead);
  for (std::size_t n = 1; n < order.size(); ++n) {
    contenders[order[n]].result->tests[name] = std::move(tests[n - 1]);
  }
}

}  // namespace

void add_paired_tests(Comparison& comparison) {
  std::vector<Contender> contenders = read(comparison);
  if (contenders.size() < 2) return;
  for (std::size_t column = 0; column < contenders.front().means.names.size(); ++column) {
    test_metric(contenders, column);
  }
}

}  // namespace monet::experiments
