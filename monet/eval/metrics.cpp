#include "monet/eval/metrics.h"

#include "monet/core/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <vector>

namespace monet::eval {

namespace {

double discount(Index rank) {
  return 1.0 / std::log2(static_cast<double>(rank) + 1.0);
}

double ideal_gain(Index hits) {
  double sum = 0.0;
  for (Index r = 1; r <= hits; ++r) sum += discount(r);
  return sum;
}

double gain(std::span<const std::uint8_t> hits) {
  double sum = 0.0;
  for (std::size_t r = 0; r < hits.size(); ++r) {
    if (hits[r] != 0) sum += discount(static_cast<Index>(r) + 1);
  }
  return sum;
}

Index count(std::span<const std::uint8_t> hits) {
  return std::count_if(hits.begin(), hits.end(), [](auto h) { return h != 0; });
}

double recall(const UserHits& hits) {
  return static_cast<double>(count(hits.top)) / static_cast<double>(hits.num_targets);
}

double precision(const UserHits& hits) {
  return static_cast<double>(count(hits.top)) / static_cast<double>(hits.top.size());
}

double hit(const UserHits& hits) {
  return count(hits.top) > 0 ? 1.0 : 0.0;
}

double ndcg(const UserHits& hits) {
  return gain(hits.top) / ideal_gain(std::min(hits.k, hits.num_targets));
}

double ndcg_paper(const UserHits& hits) {
  const Index found = count(hits.all);
  return found == 0 ? 0.0 : gain(hits.top) / ideal_gain(std::min(hits.k, found));
}

double average_precision(const UserHits& hits) {
  double sum = 0.0;
  Index found = 0;
  for (std::size_t r = 0; r < hits.top.size(); ++r) {
    if (hits.top[r] == 0) continue;
    ++found;
    sum += static_cast<double>(found) / static_cast<double>(r + 1);
  }
  return sum / static_cast<double>(std::min(hits.k, hits.num_targets));
}

double reciprocal_rank(const UserHits& hits) {
  const auto first = std::find_if(hits.top.begin(), hits.top.end(), [](auto h) { return h != 0; });
  return first == hits.top.end() ? 0.0 : 1.0 / static_cast<double>(first - hits.top.begin() + 1);
}

double coverage(std::span<const Index> counts) {
  const auto distinct = std::count_if(counts.begin(), counts.end(), [](Index n) { return n > 0; });
  return static_cast<double>(distinct) / static_cast<double>(counts.size());
}

/// With counts n_1 ≤ … ≤ n_I: Σ_i (2i − I − 1) n_i / (I Σ_i n_i).
double gini(std::span<const Index> counts) {
  std::vector<Index> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end());
  const auto items = static_cast<double>(sorted.size());
  double weighted = 0.0;
  double total = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto n = static_cast<double>(sorted[i]);
    weighted += (2.0 * static_cast<double>(i + 1) - items - 1.0) * n;
    total += n;
  }
  return weighted / (items * total);
}

double popularity(double interactions, double /*num_users*/) {
  return interactions;
}

/// −log₂ of the share of the users who have the item, in bits; an item that nobody has counts as one that a single user
/// has.
double self_information(double interactions, double num_users) {
  return std::log2(num_users / std::max(interactions, 1.0));
}

constexpr std::array kMetrics = {
    Metric{"recall", "share of the held-out items that are found", Better::larger, Column::every_k, &recall},
    Metric{"precision", "share of the list that is found items", Better::larger, Column::primary_k, &precision},
    Metric{"hit", "share of the users with an item found", Better::larger, Column::none, &hit},
    Metric{"ndcg", "found items, discounted by rank, against the ideal list", Better::larger, Column::every_k, &ndcg},
    Metric{"ndcg_paper", "NDCG as MONET's paper counts it", Better::larger, Column::none, &ndcg_paper},
    Metric{"map", "mean average precision", Better::larger, Column::none, &average_precision},
    Metric{"mrr", "reciprocal rank of the first item found", Better::larger, Column::none, &reciprocal_rank},
    Metric{"auc", "area under the ROC curve", Better::larger, Column::none, OfScores{}},
    Metric{"coverage", "share of the items that are in some list", Better::larger, Column::primary_k, &coverage},
    Metric{"gini", "how unevenly the items are recommended: 0 all alike, near 1 a few only", Better::smaller,
           Column::primary_k, &gini},
    Metric{"popularity", "training interactions of a recommended item", Better::neither, Column::none, &popularity},
    Metric{"novelty", "bits of surprise in a recommended item: −log₂ of the share of users who have it",
           Better::neither, Column::primary_k, &self_information},
    Metric{"ils", "how alike the items of a list are: mean cosine of their features", Better::neither, Column::none,
           OfPairs{}}};

}  // namespace

bool Metric::beyond_accuracy() const {
  return !std::holds_alternative<OfHits>(rule) && !std::holds_alternative<OfScores>(rule);
}

std::string Metric::explanation() const {
  const std::string_view way = better == Better::larger    ? "; more is better"
                               : better == Better::smaller ? "; less is better"
                                                           : "";
  return std::string(title).append(way);
}

std::span<const Metric> all_metrics() {
  return kMetrics;
}

const Metric* find_metric(std::string_view name) {
  const std::size_t place = place_of(name);
  return place < kMetrics.size() ? &kMetrics[place] : nullptr;
}

std::size_t place_of(std::string_view name) {
  const auto found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const Metric& metric) { return metric.name == name; });
  return static_cast<std::size_t>(found - kMetrics.begin());
}

bool ByPlace::operator()(const MetricName& a, const MetricName& b) const {
  const auto key = [](const MetricName& name) {
    return std::tuple(place_of(name.metric), std::tie(name.metric, name.modality, name.k));
  };
  return key(a) < key(b);
}

double value(const Metric& metric, std::span<const std::uint8_t> hits, Index num_targets, Index k) {
  const OfHits* rule = std::get_if<OfHits>(&metric.rule);
  if (rule == nullptr) fail<InvalidArgument>("[metrics] {} does not follow from one user's hits", metric.name);
  if (num_targets < 1 || k < 1)
    fail<InvalidArgument>("[metrics] {} targets at K = {}: both must be at least 1", num_targets, k);
  if (hits.empty()) return 0.0;
  const auto top = hits.first(static_cast<std::size_t>(std::min(k, static_cast<Index>(hits.size()))));
  return (*rule)({hits, top, num_targets, k});
}

}  // namespace monet::eval
