#include "monet/rank/scores.h"

#include "monet/core/error.h"
#include "monet/rank/blend.h"
#include "monet/rank/detail/fill_matrix.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <vector>

namespace monet::rank {

namespace {

using scoring::Items;
using scoring::Query;
using scoring::ScoreKind;

double dot(const float* a, const float* b, Index width) {
  double sum = 0.0;
  for (Index c = 0; c < width; ++c) sum += static_cast<double>(a[c]) * static_cast<double>(b[c]);
  return sum;
}

/// ŷ^o of Eq. 5: the mean of s_i = e_i·e_c over the history, weighted by softmax(s).
double target_oriented(const Items& items, std::span<const std::int32_t> history, std::int32_t item) {
  std::vector<double> products;
  for (const std::int32_t i : history) {
    products.push_back(dot(items.embedding().row(i), items.embedding().row(item), items.width()));
  }
  const double maximum = *std::max_element(products.begin(), products.end());
  double weights = 0.0;
  double weighted = 0.0;
  for (const double s : products) {
    const double weight = std::exp(s - maximum);
    weights += weight;
    weighted += weight * s;
  }
  return weighted / weights;
}

double similarity_sum(const Items& items, std::span<const std::int32_t> history, std::int32_t item) {
  double sum = 0.0;
  for (const std::int32_t i : history) {
    const auto row = items.similarity().row(i);
    const auto begin = static_cast<std::size_t>(items.similarity().indptr[static_cast<std::size_t>(i)]);
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (row[k] == item) sum += static_cast<double>(items.similarity_values()[begin + k]);
    }
  }
  return sum;
}

/// Σ_m a_m r_m (ModalityAttention).
double pairwise(const Items& items, const Query& query, std::int32_t item) {
  double sum = 0.0;
  for (const double part : pairwise_parts(items, query, item)) sum += part;
  return sum;
}

double score_without_prior(const Items& items, const Query& query, std::int32_t item) {
  if (items.kind() == ScoreKind::item_similarity) return similarity_sum(items, query.history, item);
  if (items.kind() == ScoreKind::pairwise) return pairwise(items, query, item);
  const double general = dot(query.embedding.data(), items.embedding().row(item), items.width());
  if (items.kind() == ScoreKind::dot || items.beta() == 0.0F) return general;
  const double beta = static_cast<double>(items.beta());
  return (1.0 - beta) * general + beta * target_oriented(items, query.history, item);
}

double score(const Items& items, const Query& query, std::int32_t item) {
  const auto at = static_cast<std::size_t>(item);
  if (query.history.empty()) return static_cast<double>(items.popularity()[at]);
  return score_without_prior(items, query, item) +
         (items.prior().empty() ? 0.0 : static_cast<double>(items.prior()[at]));
}

/// Blended scores for all items (scoring::BlendBy). Ranks are those of scores rounded to float, as ranking sees them.
std::vector<double> blended(const Items& items, const Query& query) {
  std::vector<std::int32_t> all(items.popularity().size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<std::int32_t> others;
  std::set_difference(all.begin(), all.end(), query.history.begin(), query.history.end(), std::back_inserter(others));
  const auto n = static_cast<double>(others.size());
  std::vector<double> sums(all.size(), 0.0);
  std::vector<double> scores(all.size());
  for (std::size_t m = 0; m < items.parts().size(); ++m) {
    if (items.weights()[m] == 0.0) continue;
    score_items(items.parts()[m], scoring::part_query(query, m), all, scores);
    std::vector<double> rest;
    for (const std::int32_t item : others) rest.push_back(scores[static_cast<std::size_t>(item)]);
    const double mean = std::accumulate(rest.begin(), rest.end(), 0.0) / std::max(n, 1.0);
    double squares = 0.0;
    for (const double x : rest) squares += (x - mean) * (x - mean);
    const double deviation = std::sqrt(squares / std::max(n, 1.0));
    std::vector<float> rounded(rest.begin(), rest.end());
    std::sort(rounded.begin(), rounded.end());
    for (std::size_t item = 0; item < all.size(); ++item) {
      double value = 0.0;
      if (items.blend_by() == scoring::BlendBy::rank) {
        const auto [first, last] = std::equal_range(rounded.begin(), rounded.end(), static_cast<float>(scores[item]));
        const bool past = std::binary_search(query.history.begin(), query.history.end(), all[item]);
        const auto better = static_cast<double>(rounded.end() - last);
        const double equal = static_cast<double>(last - first) - (past ? 0.0 : 1.0);
        value = 1.0 / (kRankOffset + 1.0 + better + 0.5 * equal);
      } else if (deviation > kRounding * std::abs(mean)) {
        value = (scores[item] - mean) / deviation;
      }
      sums[item] += items.weights()[m] * value;
    }
  }
  return sums;
}

}  // namespace

std::vector<double> pairwise_parts(const Items& items, const Query& query, std::int32_t item) {
  const auto& [weight, bias, vector] = items.attention();
  const float* p = query.embedding.data();
  const float* q = items.embedding().row(item);
  std::vector<double> sums, logits;
  for (Index first = 0; first < items.width(); first += weight.cols) {
    double logit = 0.0;
    for (Index j = 0; j < weight.rows; ++j) {
      double x = static_cast<double>(bias[static_cast<std::size_t>(j)]);
      for (Index c = 0; c < weight.cols; ++c) {
        x += static_cast<double>(weight(j, c)) * static_cast<double>(p[first + c]) * static_cast<double>(q[first + c]);
      }
      logit += static_cast<double>(vector[static_cast<std::size_t>(j)]) * std::tanh(x);
    }
    sums.push_back(dot(p + first, q + first, weight.cols));
    logits.push_back(logit);
  }
  const double largest = *std::max_element(logits.begin(), logits.end());
  double total = 0.0;
  for (double& logit : logits) total += logit = std::exp(logit - largest);
  for (std::size_t m = 0; m < sums.size(); ++m) sums[m] *= logits[m] / total;
  return sums;
}

void score_items(const Items& items, const Query& query, std::span<const std::int32_t> wanted, std::span<double> out) {
  if (out.size() != wanted.size()) {
    fail<InvalidArgument>("[rank] room for {} scores of {} items", out.size(), wanted.size());
  }
  for (const std::int32_t item : wanted) {
    if (!scoring::has_item(items, item)) fail<InvalidArgument>("[rank] item {} is outside [0, {})", item, items.size());
  }
  if (items.kind() == ScoreKind::blend && !query.history.empty()) {
    const std::vector<double> all = blended(items, query);
    for (std::size_t k = 0; k < wanted.size(); ++k) out[k] = all[static_cast<std::size_t>(wanted[k])];
    return;
  }
  for (std::size_t k = 0; k < wanted.size(); ++k) out[k] = score(items, query, wanted[k]);
}

Matrix<float> score_matrix(ThreadPool& pool, const Items& items, std::span<const Query> queries,
                           const TileOptions& options) {
  scoring::check(items, queries);
  Matrix<float> out(static_cast<Index>(queries.size()), items.size());
  std::vector<Query> scored;
  std::vector<std::int32_t> positions;
  for (std::size_t p = 0; p < queries.size(); ++p) {
    if (queries[p].history.empty()) {
      std::copy(items.popularity().begin(), items.popularity().end(), out.row(static_cast<Index>(p)));
    } else {
      scored.push_back(queries[p]);
      positions.push_back(static_cast<std::int32_t>(p));
    }
  }
  detail::FillMatrix consumer(out, positions);
  if (!scored.empty()) score_tiles(pool, items, scored, options, consumer);
  return out;
}

}  // namespace monet::rank
