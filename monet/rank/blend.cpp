#include "monet/rank/blend.h"

#include "monet/rank/scores.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>
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

/// An item below, and above it its score as a number that is smaller for a greater score.
using RankKey = std::uint64_t;

std::uint32_t descending(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 is 0
  return (bits >> 31) != 0 ? bits : ~(bits | 0x80000000U);
}

/// By the score's half: eleven bits at a time, counted and dealt out. std::sort took most of what ranking by ranks
/// costs.
void sort_keys(std::vector<RankKey>& keys) {
  constexpr unsigned kBits = 11;
  std::vector<RankKey> dealt(keys.size());
  for (unsigned shift = 32; shift < 64; shift += kBits) {
    std::array<std::size_t, std::size_t{1} << kBits> place{};
    const auto digit = [shift](RankKey key) {
      return static_cast<std::size_t>(key >> shift) % (std::size_t{1} << kBits);
    };
    for (const RankKey key : keys) ++place[digit(key)];
    std::size_t before = 0;
    for (std::size_t& count : place) before += std::exchange(count, before);
    for (const RankKey key : keys) dealt[place[digit(key)]++] = key;
    keys.swap(dealt);
  }
}

void to_reciprocal_ranks(std::span<const std::int32_t> history, std::span<float> scores) {
  std::vector<RankKey> others;
  others.reserve(scores.size());
  auto past = history.begin();
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (past != history.end() && static_cast<std::size_t>(*past) == item) {
      ++past;
    } else {
      others.push_back((static_cast<RankKey>(descending(scores[item])) << 32) | item);
    }
  }
  sort_keys(others);
  const auto value = [](double rank) { return static_cast<float>(1.0 / (kRankOffset + rank)); };
  for (const std::int32_t item : history) {
    float& score = scores[static_cast<std::size_t>(item)];
    const RankKey key = static_cast<RankKey>(descending(score)) << 32;
    const auto first = std::lower_bound(others.begin(), others.end(), key);
    const auto last = std::upper_bound(first, others.end(), key | 0xffffffffU);
    score = value(1.0 + static_cast<double>(first - others.begin()) + 0.5 * static_cast<double>(last - first));
  }
  for (std::size_t first = 0; first < others.size();) {
    std::size_t end = first + 1;
    while (end < others.size() && others[end] >> 32 == others[first] >> 32) ++end;
    const float of_all = value(0.5 * static_cast<double>(first + 1 + end));
    for (; first < end; ++first) scores[others[first] & 0xffffffffU] = of_all;
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
