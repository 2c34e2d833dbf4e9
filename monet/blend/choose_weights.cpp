#include "monet/blend/choose_weights.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/eval/metrics.h"
#include "monet/rank/blend.h"
#include "monet/rank/scores.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <variant>

namespace monet::blend {

namespace {

constexpr Index kRowsBytes = Index{64} << 20;  // of one part
constexpr std::size_t kChunk = 256;            // items that are blended at a time
constexpr float kMasked = -1e30F;              // of a past item, by every part

/// The standardised scores of one user by each part, past items masked.
using Rows = std::vector<std::span<const float>>;

/// As ranking adds them up (rank/detail/blend_rows.cpp).
float blended_score(const Rows& rows, std::span<const float> weights, std::size_t item) {
  float sum = 0.0F;
  for (std::size_t m = 0; m < rows.size(); ++m) {
    if (weights[m] != 0.0F) sum += weights[m] * rows[m][item];
  }
  return sum;
}

/// Adds to `better` how many of the items [first, first + scores.size()) go before the item `target` of score `own`.
Index count_better(std::span<const float> scores, std::size_t first, float own, std::size_t target) {
  Index better = 0;
  const std::size_t before = std::clamp(target, first, first + scores.size()) - first;
  for (std::size_t c = 0; c < before; ++c) better += scores[c] >= own ? 1 : 0;
  for (std::size_t c = before; c < scores.size(); ++c) better += scores[c] > own ? 1 : 0;
  return better;
}

/// hits[r]: whether the item at rank r + 1 of the blend is a target, for the first `hits.size()` ranks.
void find_hits(const Rows& rows, std::span<const float> weights, std::span<const std::int32_t> targets,
               std::vector<std::uint8_t>& hits) {
  const auto k = static_cast<Index>(hits.size());
  const std::size_t num_items = rows.front().size();
  std::fill(hits.begin(), hits.end(), std::uint8_t{0});
  struct Place {
    std::size_t item;
    float score;
    Index better = 0;
  };
  std::vector<Place> places;
  for (const std::int32_t target : targets) {
    const auto item = static_cast<std::size_t>(target);
    const float score = blended_score(rows, weights, item);
    if (score > kMasked / 100.0F) places.push_back({item, score});
  }
  float chunk[kChunk];
  for (std::size_t first = 0; first < num_items && !places.empty(); first += kChunk) {
    const std::size_t count = std::min(kChunk, num_items - first);
    std::fill_n(chunk, count, 0.0F);
    for (std::size_t m = 0; m < rows.size(); ++m) {
      if (weights[m] == 0.0F) continue;
      for (std::size_t c = 0; c < count; ++c) chunk[c] += weights[m] * rows[m][first + c];
    }
    for (Place& place : places) place.better += count_better({chunk, count}, first, place.score, place.item);
    // Most targets stand far down, and are given up after a few items.
    std::erase_if(places, [&](const Place& place) { return place.better >= k; });
  }
  for (const Place& place : places) hits[static_cast<std::size_t>(place.better)] = 1;
}

class Search {
 public:
  Search(ThreadPool& pool, const scoring::Scoring& blend, CsrView targets, const std::string& metric)
      : pool_(&pool), blend_(&blend), items_(blend), targets_(targets) {
    const eval::MetricName name = eval::parse_metric_name(metric);
    metric_ = eval::find_metric(name.metric);
    k_ = name.k;
    if (metric_ == nullptr || k_ < 1 || !std::holds_alternative<eval::OfHits>(metric_->rule)) {
      fail<InvalidArgument>("[blend] '{}' is not a metric of hits, such as recall@20", metric);
    }
    if (targets.rows != blend.history.rows || targets.cols != items_.size()) {
      fail<InvalidArgument>("[blend] targets are {} x {}, the model knows {} users and {} items", targets.rows,
                            targets.cols, blend.history.rows, items_.size());
    }
    for (Index u = 0; u < targets.rows; ++u) {
      if (targets.degree(u) > 0) users_.push_back(static_cast<std::int32_t>(u));
    }
    if (users_.empty()) fail<DataError>("[blend] no user has a validation item to choose weights by; give `weights`");
  }

  Index num_users() const { return static_cast<Index>(users_.size()); }

  /// values[t, n]: the metric of user n by weights t.
  Matrix<float> values(std::span<const Weights> trials) const {
    Matrix<float> values(static_cast<Index>(trials.size()), num_users());
    const Index most = std::max<Index>(1, kRowsBytes / (items_.size() * static_cast<Index>(sizeof(float))));
    for (Index first = 0; first < num_users(); first += most) {
      const Index count = std::min(most, num_users() - first);
      const std::vector<Matrix<float>> scores = part_scores(first, count);
      pool_->for_range(count, [&](Index begin, Index end, int) {
        for (Index n = begin; n < end; ++n) try_all(trials, scores, first, n, values);
      });
    }
    return values;
  }

 private:
  std::vector<Matrix<float>> part_scores(Index first, Index count) const {
    std::vector<Matrix<float>> scores;
    for (std::size_t m = 0; m < blend_->parts.size(); ++m) {
      std::vector<scoring::Query> queries;
      for (Index n = first; n < first + count; ++n) {
        queries.push_back(scoring::known_user(blend_->parts[m], users_[static_cast<std::size_t>(n)]));
      }
      Matrix<float>& rows = scores.emplace_back(rank::score_matrix(*pool_, items_.parts()[m], queries));
      pool_->for_range(count, [&](Index begin, Index end, int) {
        for (Index n = begin; n < end; ++n) {
          const auto history = queries[static_cast<std::size_t>(n)].history;
          if (!history.empty()) rank::standardise(blend_->blend_by, history, rows.view().row_span(n));
          for (const std::int32_t item : history) rows(n, item) = kMasked;
        }
      });
    }
    return scores;
  }

  void try_all(std::span<const Weights> trials, const std::vector<Matrix<float>>& scores, Index first, Index n,
               Matrix<float>& values) const {
    const std::int32_t user = users_[static_cast<std::size_t>(first + n)];
    const auto targets = targets_.row(user);
    Rows rows;
    for (const Matrix<float>& part : scores) rows.push_back(part.view().row_span(n));
    std::vector<std::uint8_t> hits(
        static_cast<std::size_t>(std::min(k_, items_.size() - blend_->history.degree(user))));
    std::vector<float> weights;
    for (std::size_t t = 0; t < trials.size(); ++t) {
      weights.clear();
      for (const double weight : trials[t]) weights.push_back(static_cast<float>(weight));
      find_hits(rows, weights, targets, hits);
      values(static_cast<Index>(t), first + n) =
          static_cast<float>(eval::value(*metric_, hits, static_cast<Index>(targets.size()), k_));
    }
  }

  ThreadPool* pool_;
  const scoring::Scoring* blend_;
  scoring::Items items_;
  CsrView targets_;
  const eval::Metric* metric_ = nullptr;
  Index k_ = 0;
  std::vector<std::int32_t> users_;  // with a target
};

/// The mean over the users begin, begin + step, …
double mean_of(std::span<const float> values, std::size_t begin, std::size_t step) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t n = begin; n < values.size(); n += step) {
    sum += static_cast<double>(values[n]);
    count += 1.0;
  }
  return count > 0.0 ? sum / count : 0.0;
}

/// The row in [from, to) of the largest mean.
Index best_row(const Matrix<float>& values, Index from, Index to, std::size_t begin, std::size_t step) {
  Index best = from;
  double largest = mean_of(values.view().row_span(from), begin, step);
  for (Index t = from + 1; t < to; ++t) {
    const double mean = mean_of(values.view().row_span(t), begin, step);
    if (mean > largest) {
      largest = mean;
      best = t;
    }
  }
  return best;
}

void compare_halves(const Matrix<float>& values, Index parts, WeightSearch& search) {
  std::vector<double> blend(static_cast<std::size_t>(values.cols()));
  std::vector<double> single(blend.size());
  for (std::size_t half = 0; half < 2; ++half) {
    const Index by_blend = best_row(values, parts, values.rows(), 1 - half, 2);
    const Index by_single = best_row(values, 0, parts, 1 - half, 2);
    for (std::size_t n = half; n < blend.size(); n += 2) {
      blend[n] = static_cast<double>(values(by_blend, static_cast<Index>(n)));
      single[n] = static_cast<double>(values(by_single, static_cast<Index>(n)));
    }
  }
  const auto count = static_cast<double>(blend.size());
  search.gain =
      (std::accumulate(blend.begin(), blend.end(), 0.0) - std::accumulate(single.begin(), single.end(), 0.0)) / count;
  search.test = eval::paired_t_test(blend, single);
}

}  // namespace

WeightSearch choose_weights(ThreadPool& pool, const scoring::Scoring& blend, CsrView targets,
                            std::span<const Weights> candidates, const std::string& metric) {
  if (candidates.empty()) fail<InvalidArgument>("[blend] no weights to try");
  const std::size_t parts = blend.parts.size();
  for (const Weights& weights : candidates) {
    if (weights.size() == parts) continue;
    fail<InvalidArgument>("[blend] {} `weights` for {} artifacts; give one for each", weights.size(), parts);
  }
  scoring::Scoring any_weights = blend;
  any_weights.weights.assign(parts, 1.0);
  std::vector<Weights> trials;
  for (std::size_t m = 0; m < parts; ++m) trials.push_back(alone(m, parts));
  trials.insert(trials.end(), candidates.begin(), candidates.end());
  const Search trial_search(pool, any_weights, targets, metric);
  const Matrix<float> values = trial_search.values(trials);

  WeightSearch search;
  search.metric = metric;
  search.num_users = trial_search.num_users();
  for (std::size_t t = 0; t < trials.size(); ++t) {
    const double value = mean_of(values.view().row_span(static_cast<Index>(t)), 0, 1);
    (t < parts ? search.alone : search.blends).push_back({trials[t], value});
  }
  const auto singles = static_cast<Index>(parts);
  search.best_alone = static_cast<std::size_t>(best_row(values, 0, singles, 0, 1));
  search.best_blend = static_cast<std::size_t>(best_row(values, singles, values.rows(), 0, 1) - singles);
  compare_halves(values, singles, search);
  return search;
}

}  // namespace monet::blend
