#include "monet/eval/evaluator.h"

#include "monet/core/error.h"
#include "monet/eval/auc.h"
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"
#include "monet/eval/user_queries.h"
#include "monet/rank/rank.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <variant>

namespace monet::eval {

namespace {

// Users whose ranked lists are held at a time.
constexpr std::size_t kUsersAtOnce = 65536;

void check_arguments(const scoring::Scoring& scoring, const CsrView& targets, const EvaluateOptions& options) {
  const auto num_items = static_cast<Index>(scoring.item_popularity.size());
  if (targets.rows != scoring.history.rows || targets.cols != num_items) {
    fail<InvalidArgument>("[evaluate] targets are {} x {}, the model knows {} users and {} items", targets.rows,
                          targets.cols, scoring.history.rows, num_items);
  }
  if (options.ks.empty()) fail<InvalidArgument>("[evaluate] no K is given");
  for (const Index k : options.ks) {
    if (k < 1) fail<InvalidArgument>("[evaluate] K is {}, must be at least 1", k);
  }
}

std::vector<std::int32_t> users_with_targets(const CsrView& targets) {
  std::vector<std::int32_t> users;
  for (Index u = 0; u < targets.rows; ++u) {
    if (targets.degree(u) > 0) users.push_back(static_cast<std::int32_t>(u));
  }
  if (users.empty()) fail<DataError>("[evaluate] no user has an item in this split");
  return users;
}

std::vector<std::string> column_names(const EvaluateOptions& options) {
  std::vector<std::string> names;
  for (const Metric& metric : all_metrics()) {
    if (!std::holds_alternative<OfHits>(metric.rule)) continue;
    for (const Index k : options.ks) names.push_back(at_k(metric.name, k));
  }
  for (const Metric& metric : all_metrics()) {
    if (options.auc && std::holds_alternative<OfScores>(metric.rule)) names.emplace_back(metric.name);
  }
  return names;
}

/// Fills the first columns of `values`, metrics x ks.
void accuracy_of_lists(ThreadPool& pool, const rank::Ranking& ranking, std::span<const std::int32_t> users,
                       const CsrView& targets, const std::vector<Index>& ks, MatrixView<double> values) {
  pool.for_range(values.rows, [&](Index begin, Index end, int) {
    std::vector<std::uint8_t> hits;
    for (Index r = begin; r < end; ++r) {
      const auto wanted = targets.row(users[static_cast<std::size_t>(r)]);
      hits.clear();
      for (const std::int32_t item : ranking.row(r)) {
        hits.push_back(std::binary_search(wanted.begin(), wanted.end(), item) ? 1 : 0);
      }
      double* out = values.row(r);
      for (const Metric& metric : all_metrics()) {
        if (!std::holds_alternative<OfHits>(metric.rule)) continue;
        for (const Index k : ks) *out++ = value(metric, hits, static_cast<Index>(wanted.size()), k);
      }
    }
  });
}

/// Fills `values` [users, metrics x ks (+ auc)], adds the lists to `beyond` where there is one; returns how many users
/// got popularity.
Index evaluate_users(ThreadPool& pool, const scoring::Items& items, const scoring::Scoring& scoring,
                     const CsrView& targets, const EvaluateOptions& options, std::span<const std::int32_t> users,
                     MatrixView<double> values, std::optional<BeyondAccuracy>& beyond) {
  rank::RankOptions ranking_options;
  ranking_options.k = *std::max_element(options.ks.begin(), options.ks.end());
  ranking_options.tiles = options.tiles;
  const UserQueries queries(scoring, users, options.masks);
  const rank::Ranking ranking = rank::rank(pool, items, queries.queries(), ranking_options);
  accuracy_of_lists(pool, ranking, users, targets, options.ks, values);
  if (beyond) beyond->add(pool, {ranking.items, ranking.counts});
  if (options.auc) {
    const std::vector<double> auc = auc_of_users(pool, items, scoring, users, targets, options.masks, options.tiles);
    for (Index r = 0; r < values.rows; ++r) values(r, values.cols - 1) = auc[static_cast<std::size_t>(r)];
  }
  return ranking.num_popular;
}

}  // namespace

Evaluation evaluate(ThreadPool& pool, const scoring::Scoring& scoring, CsrView targets,
                    const EvaluateOptions& options) {
  check_arguments(scoring, targets, options);
  const std::vector<std::int32_t> users = users_with_targets(targets);
  const std::vector<std::string> names = column_names(options);
  const auto columns = static_cast<Index>(names.size());
  const scoring::Items items(scoring);

  Evaluation evaluation;
  evaluation.num_users = static_cast<Index>(users.size());
  if (options.per_user) evaluation.per_user = Matrix<double>(evaluation.num_users, columns);
  std::vector<double> sums(names.size(), 0.0);
  std::vector<Index> defined(names.size(), 0);
  Matrix<double> chunk_values;
  std::optional<BeyondAccuracy> beyond;
  if (options.beyond_accuracy) {
    beyond.emplace(pool, options.ks, scoring.item_popularity, scoring.history.rows, options.features);
  }
  for (std::size_t first = 0; first < users.size(); first += kUsersAtOnce) {
    const auto chunk = std::span(users).subspan(first, std::min(kUsersAtOnce, users.size() - first));
    const auto rows = static_cast<Index>(chunk.size());
    if (!options.per_user) chunk_values = Matrix<double>(rows, columns);
    const MatrixView<double> values =
        options.per_user ? evaluation.per_user.view().row_range(static_cast<Index>(first), rows) : chunk_values.view();
    evaluation.num_popular += evaluate_users(pool, items, scoring, targets, options, chunk, values, beyond);
    for (Index r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < names.size(); ++c) {
        const double x = values(r, static_cast<Index>(c));
        if (std::isnan(x)) continue;
        sums[c] += x;
        ++defined[c];
      }
    }
  }
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (defined[c] > 0) evaluation.metrics[names[c]] = sums[c] / static_cast<double>(defined[c]);
  }
  if (beyond) evaluation.metrics.merge(beyond->metrics());
  if (options.auc) evaluation.num_auc = defined.back();
  if (options.per_user) {
    evaluation.users = users;
    evaluation.names = names;
  }
  return evaluation;
}

Evaluation evaluate_lists(ThreadPool& pool, const rank::Ranking& ranking, std::span<const std::int32_t> users,
                          CsrView targets, const std::vector<Index>& ks) {
  EvaluateOptions options;
  options.ks = ks;
  const std::vector<std::string> names = column_names(options);
  Matrix<double> values(static_cast<Index>(users.size()), static_cast<Index>(names.size()));
  accuracy_of_lists(pool, ranking, users, targets, ks, values.view());
  Evaluation evaluation;
  evaluation.num_users = values.rows();
  evaluation.num_popular = ranking.num_popular;
  for (std::size_t c = 0; c < names.size() && values.rows() > 0; ++c) {
    double sum = 0.0;
    for (Index r = 0; r < values.rows(); ++r) sum += values(r, static_cast<Index>(c));
    evaluation.metrics[names[c]] = sum / static_cast<double>(values.rows());
  }
  return evaluation;
}

}  // namespace monet::eval
