#include "monet/core/error.h"
#include "monet/core/matrix.h"
#include "monet/eval/analyses.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace monet::eval {

namespace {

/// Mean of the values that are numbers, in order; `count` says how many.
double mean(const std::vector<double>& values, Index& count) {
  double sum = 0.0;
  count = 0;
  for (const double x : values) {
    if (std::isnan(x)) continue;
    sum += x;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

/// 1 / norm of each row, 0 for a row of zeros.
std::vector<double> inverse_norms(MatrixView<const float> features) {
  std::vector<double> inverse;
  for (Index i = 0; i < features.rows; ++i) {
    const float* row = features.row(i);
    const double square = std::inner_product(row, row + features.cols, row, 0.0, std::plus<>(), [](float a, float b) {
      return static_cast<double>(a) * static_cast<double>(b);
    });
    inverse.push_back(square > 0.0 ? 1.0 / std::sqrt(square) : 0.0);
  }
  return inverse;
}

void add_unit(MatrixView<const float> features, Index item, double inverse_norm, std::vector<double>& sum) {
  const float* row = features.row(item);
  for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += inverse_norm * static_cast<double>(row[c]);
}

}  // namespace

UserSimilarity user_similarity(ThreadPool& pool, MatrixView<const float> features,
                               std::span<const CsrView> interactions) {
  if (interactions.empty()) fail<InvalidArgument>("[similarity] no interactions are given");
  const Index num_users = interactions.front().rows;
  for (const CsrView& pattern : interactions) {
    if (pattern.rows != num_users || pattern.cols != features.rows) {
      fail<InvalidArgument>(
          "[similarity] interactions are {} x {}, expected {} users and the {} items that have features", pattern.rows,
          pattern.cols, num_users, features.rows);
    }
  }
  const std::vector<double> inverse = inverse_norms(features);
  std::vector<double> total(static_cast<std::size_t>(features.cols), 0.0);
  double num_directions = 0.0;
  for (Index i = 0; i < features.rows; ++i) {
    const double scale = inverse[static_cast<std::size_t>(i)];
    if (scale == 0.0) continue;
    add_unit(features, i, scale, total);
    num_directions += 1.0;
  }

  UserSimilarity result;
  constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
  result.per_user_interacted.assign(static_cast<std::size_t>(num_users), kUndefined);
  result.per_user_others.assign(static_cast<std::size_t>(num_users), kUndefined);
  pool.for_range(num_users, [&](Index begin, Index end, int) {
    std::vector<std::int32_t> items;
    std::vector<double> sum(total.size());
    for (Index u = begin; u < end; ++u) {
      items.clear();
      for (const CsrView& pattern : interactions)
        items.insert(items.end(), pattern.row(u).begin(), pattern.row(u).end());
      std::sort(items.begin(), items.end());
      items.erase(std::unique(items.begin(), items.end()), items.end());
      std::fill(sum.begin(), sum.end(), 0.0);
      double n = 0.0;
      for (const std::int32_t item : items) {
        const double scale = inverse[static_cast<std::size_t>(item)];
        if (scale == 0.0) continue;
        add_unit(features, item, scale, sum);
        n += 1.0;
      }
      const double square = std::inner_product(sum.begin(), sum.end(), sum.begin(), 0.0);
      const double with_all = std::inner_product(sum.begin(), sum.end(), total.begin(), 0.0);
      const auto at = static_cast<std::size_t>(u);
      if (n > 1.0) result.per_user_interacted[at] = (square - n) / (n * (n - 1.0));
      if (n > 0.0 && num_directions > n) {
        result.per_user_others[at] = (with_all - square) / (n * (num_directions - n));
      }
    }
  });
  result.interacted = mean(result.per_user_interacted, result.interacted_users);
  result.others = mean(result.per_user_others, result.others_users);
  return result;
}

}  // namespace monet::eval
