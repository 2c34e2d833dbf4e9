#include "monet/eval/beyond_accuracy.h"

#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/eval/metric_name.h"
#include "monet/eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

namespace monet::eval {

namespace {

/// The mean over the first K of each list, NaN for an empty one. `out` is [lists, ks].
void item_means(ThreadPool& pool, const Lists& lists, std::span<const Index> ks, const std::vector<double>& of_item,
                MatrixView<double> out) {
  pool.for_range(lists.size(), [&](Index begin, Index end, int) {
    for (Index r = begin; r < end; ++r) {
      for (std::size_t n = 0; n < ks.size(); ++n) {
        const auto top = lists.top(r, ks[n]);
        double sum = 0.0;
        for (const std::int32_t item : top) sum += of_item[static_cast<std::size_t>(item)];
        out(r, static_cast<Index>(n)) =
            top.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(top.size());
      }
    }
  });
}

}  // namespace

BeyondAccuracy::BeyondAccuracy(ThreadPool& pool, std::span<const Index> ks, std::span<const float> interactions,
                               Index num_users, std::span<const NamedFeatures> features)
    : ks_(ks.begin(), ks.end()), counts_(ks.size(), std::vector<Index>(interactions.size(), 0)) {
  const std::vector<double> no_sums(ks.size(), 0.0);
  const std::vector<Index> no_users(ks.size(), 0);
  for (const Metric& metric : all_metrics()) {
    if (const OfItem* rule = std::get_if<OfItem>(&metric.rule)) {
      Mean mean{std::string(metric.name), no_sums, no_users, {}};
      for (const float n : interactions) {
        mean.of_item.push_back((*rule)(static_cast<double>(n), static_cast<double>(num_users)));
      }
      of_items_.push_back(std::move(mean));
    }
    if (!std::holds_alternative<OfPairs>(metric.rule)) continue;
    for (const NamedFeatures& modality : features) {
      of_pairs_.push_back({to_string(MetricName{std::string(metric.name), modality.name}), no_sums, no_users, {}});
    }
  }
  for (const NamedFeatures& modality : features) {
    if (modality.features.rows != static_cast<Index>(interactions.size())) {
      fail<InvalidArgument>("[evaluate] features '{}' have {} rows, expected one for each of {} items", modality.name,
                            modality.features.rows, interactions.size());
    }
    similarities_.emplace_back(pool, modality.features);
  }
}

void BeyondAccuracy::add_means(ThreadPool& pool, const Lists& lists, Mean& mean,
                               const ListSimilarity* similarity) const {
  Matrix<double> values(lists.size(), static_cast<Index>(ks_.size()));
  if (similarity == nullptr) {
    item_means(pool, lists, ks_, mean.of_item, values);
  } else {
    similarity->of_lists(pool, lists, ks_, values);
  }
  for (Index r = 0; r < values.rows(); ++r) {
    for (std::size_t n = 0; n < ks_.size(); ++n) {
      const double x = values(r, static_cast<Index>(n));
      if (std::isnan(x)) continue;
      mean.sums[n] += x;
      ++mean.defined[n];
    }
  }
}

void BeyondAccuracy::add(ThreadPool& pool, const Lists& lists) {
  for (std::size_t n = 0; n < ks_.size(); ++n) {
    for (Index r = 0; r < lists.size(); ++r) {
      for (const std::int32_t item : lists.top(r, ks_[n])) ++counts_[n][static_cast<std::size_t>(item)];
    }
  }
  for (Mean& mean : of_items_) add_means(pool, lists, mean, nullptr);
  for (std::size_t m = 0; m < of_pairs_.size(); ++m) {
    add_means(pool, lists, of_pairs_[m], &similarities_[m % similarities_.size()]);
  }
}

std::map<std::string, double> BeyondAccuracy::metrics() const {
  std::map<std::string, double> metrics;
  for (const Metric& metric : all_metrics()) {
    const OfCounts* rule = std::get_if<OfCounts>(&metric.rule);
    for (std::size_t n = 0; rule != nullptr && n < ks_.size(); ++n) {
      const bool some = std::any_of(counts_[n].begin(), counts_[n].end(), [](Index count) { return count > 0; });
      if (some) metrics[at_k(metric.name, ks_[n])] = (*rule)(counts_[n]);
    }
  }
  for (const std::vector<Mean>* means : {&of_items_, &of_pairs_}) {
    for (const Mean& mean : *means) {
      for (std::size_t n = 0; n < ks_.size(); ++n) {
        if (mean.defined[n] == 0) continue;
        metrics[at_k(mean.name, ks_[n])] = mean.sums[n] / static_cast<double>(mean.defined[n]);
      }
    }
  }
  return metrics;
}

}  // namespace monet::eval
