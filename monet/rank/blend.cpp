#include "monet/rank/blend.h"

#include "monet/rank/scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

namespace monet::rank {

namespace {

/// Σ f(x) over the scores outside `history`. Eight sums, as one alone would wait for each addition.
template <class F>
double sum_outside(std::span<const std::int32_t> history, std::span<const float> scores, F&& f) {
  std::array<double, 8> sums{};
  std::size_t from = 0;
  const auto add = [&](std::size_t end) {
    for (; from + sums.size() <= end; from += sums.size()) {
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += f(static_cast<double>(scores[from + k]));
    }
    for (; from < end; ++from) sums[0] += f(static_cast<double>(scores[from]));
  };
  for (const std::int32_t item : history) {
    add(static_cast<std::size_t>(item));
    ++from;
  }
  add(scores.size());
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void to_z(std::span<const std::int32_t> history, std::span<float> scores) {
  const auto count = static_cast<double>(scores.size() - history.size());
  const double mean = count > 0.0 ? sum_outside(history, scores, [](double x) { return x; }) / count : 0.0;
  const double squares = sum_outside(history, scores, [mean](double x) { return (x - mean) * (x - mean); });
  const double deviation = count > 0.0 ? std::sqrt(squares / count) : 0.0;
  const double factor = deviation > kRounding * std::abs(mean) ? 1.0 / deviation : 0.0;
  for (float& x : scores) x = static_cast<float>(factor * (static_cast<double>(x) - mean));
}

void to_reciprocal_ranks(std::span<const std::int32_t> history, std::span<float> scores) {
  std::vector<float> others;  // best first
  others.reserve(scores.size());
  auto past = history.begin();
  for (std::size_t item = 0; item < scores.size(); ++item) {
    scores[item] += 0.0F;  // -0 is 0
    if (past != history.end() && static_cast<std::size_t>(*past) == item) {
      ++past;
    } else {
      others.push_back(scores[item]);
    }
  }
  std::sort(others.begin(), others.end(), std::greater<>());
  // The value of each distinct score among the others, best first.
  std::vector<float> distinct, values;
  std::vector<std::size_t> better{0};
  for (std::size_t first = 0; first < others.size();) {
    std::size_t end = first + 1;
    while (end < others.size() && others[end] == others[first]) ++end;
    distinct.push_back(others[first]);
    values.push_back(static_cast<float>(1.0 / (kRankOffset + 0.5 * static_cast<double>(first + 1 + end))));
    better.push_back(end);
    first = end;
  }
  past = history.begin();
  for (std::size_t item = 0; item < scores.size(); ++item) {
    const auto found = std::lower_bound(distinct.begin(), distinct.end(), scores[item], std::greater<>());
    const auto at = static_cast<std::size_t>(found - distinct.begin());
    const bool is_past = past != history.end() && static_cast<std::size_t>(*past) == item;
    if (is_past) {
      ++past;
      const bool equal = found != distinct.end() && *found == scores[item];
      const double ties = equal ? 0.5 * static_cast<double>(better[at + 1] - better[at]) : 0.0;
      scores[item] = static_cast<float>(1.0 / (kRankOffset + 1.0 + static_cast<double>(better[at]) + ties));
    } else {
      scores[item] = values[at];
    }
  }
}

}  // namespace

void standardise(scoring::BlendBy by, std::span<const std::int32_t> history, std::span<float> scores) {
  switch (by) {
    case scoring::BlendBy::zscore: return to_z(history, scores);
    case scoring::BlendBy::rank: return to_reciprocal_ranks(history, scores);
  }
}

BlendRows blend_rows(ThreadPool& pool, const scoring::Items& items, const scoring::Query& query) {
  const auto parts = static_cast<Index>(items.parts().size());
  BlendRows rows{Matrix<float>(parts, items.size()), Matrix<float>(parts, items.size())};
  for (Index m = 0; m < parts; ++m) {
    const auto at = static_cast<std::size_t>(m);
    const scoring::Query of_part = scoring::part_query(query, at);
    const Matrix<float> scores = score_matrix(pool, items.parts()[at], {&of_part, 1});
    std::copy_n(scores.row(0), items.size(), rows.scores.row(m));
    std::copy_n(scores.row(0), items.size(), rows.values.row(m));
    standardise(items.blend_by(), query.history, rows.values.view().row_span(m));
    for (float& value : rows.values.view().row_span(m)) value *= static_cast<float>(items.weights()[at]);
  }
  return rows;
}

}  // namespace monet::rank
