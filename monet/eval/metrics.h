#pragma once

#include "monet/core/view.h"
#include "monet/eval/metric_name.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace monet::eval {

/// Which of two values is the better one.
enum class Better { larger, smaller, neither };

/// Where the tables of a comparison have a column of a metric; all metrics are in its JSON, its CSV and its page.
enum class Column { none, primary_k, every_k };

/// One user's list at K >= 1: whether the item at each rank is a target.
struct UserHits {
  std::span<const std::uint8_t> all;  // as long as the largest K asked for, or as the candidates where those are fewer
  std::span<const std::uint8_t> top;  // the first K of them; not empty
  Index num_targets = 0;              // >= 1, found or not
  Index k = 0;
};

/// What a metric is computed from. The first two are means over users; the last three look at the lists of all users
/// and not at the targets (beyond_accuracy.h).
using OfHits = double (*)(const UserHits& hits);
struct OfScores {};                                                // the area under the ROC curve (auc.h)
using OfCounts = double (*)(std::span<const Index> counts);        // [I] how many lists hold each item, not all 0
using OfItem = double (*)(double interactions, double num_users);  // a value of an item; mean over a list, over users
struct OfPairs {};                                                 // mean cosine of the items of a list, by modality

struct Metric {
  std::string_view name;   // "recall"
  std::string_view title;  // what it is, in a few words
  Better better = Better::larger;
  Column column = Column::none;
  std::variant<OfHits, OfScores, OfCounts, OfItem, OfPairs> rule;

  bool beyond_accuracy() const;
  /// "how unevenly …; less is better".
  std::string explanation() const;
};

/// Every metric there is, in the order in which they are shown. A new one is a new row here: evaluator, tables, sweep
/// and report read this list. Formulas with examples: docs/metrics.md.
std::span<const Metric> all_metrics();

/// The metric of that name ("recall", not "recall@20"), or null.
const Metric* find_metric(std::string_view name);

/// Its place in `all_metrics()`; behind all for a name that is not there.
std::size_t place_of(std::string_view name);

/// The order of the list, then by name (of those that are not in it), modality and K.
struct ByPlace {
  bool operator()(const MetricName& a, const MetricName& b) const;
};

/// A metric by hits of one user at K >= 1. `hits[r - 1]` says whether the item at rank r is a target; its length is the
/// largest K asked for, or the number of candidates where that is less. `num_targets` >= 1 counts all targets, found or
/// not. With h_r = hits[r - 1] and n = min(K, length of hits):
///   recall      Σ_{r≤n} h_r / num_targets
///   precision   Σ_{r≤n} h_r / n
///   hit         1 when some h_r = 1, r ≤ n
///   ndcg        Σ_{r≤n} h_r / log₂(r+1), divided by Σ_{r≤min(K, num_targets)} 1 / log₂(r+1)
///   ndcg_paper  the same sum divided by that of `hits` sorted (all of them, also those past K), 0 without hits
///   map         Σ_{r≤n, h_r=1} (hits among the first r / r) / min(K, num_targets)
///   mrr         1 / rank of the first hit within K, 0 without
/// 0 for a user without candidates. Throws InvalidArgument for no targets, K < 1 and a metric that is not by hits.
double value(const Metric& metric, std::span<const std::uint8_t> hits, Index num_targets, Index k);

}  // namespace monet::eval
