#include "monet/rank/explain.h"

#include "monet/core/error.h"
#include "monet/rank/scores.h"

#include <algorithm>
#include <cmath>

namespace monet::rank {

namespace {

/// x·y over the columns of each block (one block of all columns when there are none).
std::vector<double> split_dot(std::span<const float> x, std::span<const float> y, std::span<const ColumnBlock> blocks) {
  const auto sum = [&](std::size_t begin, std::size_t end) {
    double total = 0.0;
    for (std::size_t c = begin; c < end; ++c) total += static_cast<double>(x[c]) * static_cast<double>(y[c]);
    return total;
  };
  if (blocks.empty()) return {sum(0, x.size())};
  std::vector<double> parts;
  for (const ColumnBlock& block : blocks) {
    parts.push_back(
        sum(static_cast<std::size_t>(block.first_col), static_cast<std::size_t>(block.first_col + block.cols)));
  }
  return parts;
}

double total(const std::vector<double>& parts) {
  double sum = 0.0;
  for (const double part : parts) sum += part;
  return sum;
}

/// weights = softmax(weights).
void softmax(std::vector<double>& weights) {
  const double largest = *std::max_element(weights.begin(), weights.end());
  double sum = 0.0;
  for (double& weight : weights) sum += weight = std::exp(weight - largest);
  for (double& weight : weights) weight /= sum;
}

std::vector<Driver> heaviest(std::span<const std::int32_t> items, const std::vector<double>& weights, int count) {
  std::vector<Driver> drivers;
  for (std::size_t k = 0; k < items.size(); ++k) {
    if (weights[k] > 0.0) drivers.push_back({items[k], weights[k]});
  }
  std::stable_sort(drivers.begin(), drivers.end(),
                   [](const Driver& a, const Driver& b) { return a.weight > b.weight; });
  drivers.resize(std::min(drivers.size(), static_cast<std::size_t>(std::max(count, 0))));
  return drivers;
}

void check(const scoring::Items& items, const scoring::Query& query, std::span<const ColumnBlock> blocks,
           std::int32_t item) {
  if (items.kind() == scoring::ScoreKind::blend && !query.history.empty()) {
    fail<InvalidArgument>("[explain] a blend is explained part by part");
  }
  if (!scoring::has_item(items, item)) {
    fail<InvalidArgument>("[explain] item {} is outside the model's {} items", item, items.size());
  }
  scoring::check(items, {&query, 1});
  Index next = 0;
  for (const ColumnBlock& block : blocks) {
    if (block.first_col != next || block.cols < 0) break;
    next += block.cols;
  }
  if (!blocks.empty() && next != items.width()) {
    fail<InvalidArgument>("[explain] the modalities' columns do not cover the {} columns of the embeddings in order",
                          items.width());
  }
}

Explanation by_popularity(const scoring::Items& items, std::int32_t item) {
  const double count = items.popularity()[static_cast<std::size_t>(item)];
  return {count, count, 0.0, {}, {}};
}

Explanation by_similarity(const scoring::Items& items, std::span<const std::int32_t> history, std::int32_t item,
                          int max_drivers) {
  const CsrView similarity = items.similarity();
  std::vector<double> values;
  for (const std::int32_t past : history) {
    const std::span<const std::int32_t> row = similarity.row(past);
    const auto found = std::lower_bound(row.begin(), row.end(), item);
    const bool present = found != row.end() && *found == item;
    const Index at = similarity.indptr[static_cast<std::size_t>(past)] + (found - row.begin());
    values.push_back(present ? static_cast<double>(items.similarity_values()[static_cast<std::size_t>(at)]) : 0.0);
  }
  const double score = total(values);
  // Of what speaks for the candidate: where similarities may be negative, more than the score may.
  double positive = 0.0;
  for (const double value : values) positive += std::max(value, 0.0);
  for (double& value : values) value = share_of(value, positive);
  return {score, 0.0, score, heaviest(history, values, max_drivers), {}};
}

Explanation by_modality(const scoring::Items& items, const scoring::Query& query, std::span<const ColumnBlock> blocks,
                        std::int32_t item) {
  const std::vector<double> parts = pairwise_parts(items, query, item);
  for (const ColumnBlock& block : blocks) {
    if (blocks.size() != parts.size() || block.cols != items.attention().weight.cols) {
      fail<InvalidArgument>("[explain] {} modalities' columns are not the {} of {} columns that are attended",
                            blocks.size(), parts.size(), items.attention().weight.cols);
    }
  }
  Explanation result;
  result.score = result.general = total(parts);
  for (std::size_t m = 0; m < blocks.size(); ++m) result.modalities.push_back({blocks[m].name, parts[m]});
  return result;
}

Explanation by_embeddings(const scoring::Items& items, const scoring::Query& query, std::span<const ColumnBlock> blocks,
                          std::int32_t item, int max_drivers) {
  const std::span<const float> candidate = items.embedding().row_span(item);
  std::vector<double> parts = split_dot(query.embedding, candidate, blocks);
  const bool target_aware = items.kind() == scoring::ScoreKind::target_aware;
  const double beta = target_aware ? static_cast<double>(items.beta()) : 0.0;
  for (double& part : parts) part *= 1.0 - beta;
  Explanation result;
  result.general = total(parts);
  if (target_aware) {
    std::vector<std::vector<double>> past;
    std::vector<double> weights;
    for (const std::int32_t i : query.history) {
      past.push_back(split_dot(items.embedding().row_span(i), candidate, blocks));
      weights.push_back(total(past.back()));
    }
    softmax(weights);
    for (std::size_t k = 0; k < past.size(); ++k) {
      for (std::size_t m = 0; m < parts.size(); ++m) {
        const double value = beta * weights[k] * past[k][m];
        parts[m] += value;
        result.target += value;
      }
    }
    result.drivers = heaviest(query.history, weights, max_drivers);
  }
  result.score = result.general + result.target;
  for (std::size_t m = 0; m < blocks.size(); ++m) result.modalities.push_back({blocks[m].name, parts[m]});
  return result;
}

}  // namespace

Explanation explain(const scoring::Items& items, const scoring::Query& query, std::span<const ColumnBlock> blocks,
                    std::int32_t item, int max_drivers) {
  check(items, query, blocks, item);
  if (query.history.empty()) return by_popularity(items, item);
  if (items.kind() == scoring::ScoreKind::item_similarity) {
    return by_similarity(items, query.history, item, max_drivers);
  }
  Explanation result = items.kind() == scoring::ScoreKind::pairwise
                           ? by_modality(items, query, blocks, item)
                           : by_embeddings(items, query, blocks, item, max_drivers);
  if (!items.prior().empty()) {
    const double prior = static_cast<double>(items.prior()[static_cast<std::size_t>(item)]);
    result.general += prior;
    result.score += prior;
    if (!result.modalities.empty()) result.modalities.push_back({"popularity", prior});
  }
  return result;
}

double share_of(double part, double score) {
  return score == 0.0 ? 0.0 : part / score;
}

}  // namespace monet::rank
