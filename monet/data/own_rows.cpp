#include "monet/data/own_rows.h"

#include <algorithm>
#include <cmath>

namespace monet::data {

namespace {
constexpr double kAtMean = 1e-3;  // of the mean distance from the mean

std::vector<double> column_means(MatrixView<const float> features) {
  std::vector<double> mean(static_cast<std::size_t>(features.cols), 0.0);
  for (Index r = 0; r < features.rows; ++r) {
    const float* row = features.row(r);
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += static_cast<double>(row[c]);
  }
  for (double& m : mean) m /= static_cast<double>(features.rows);
  return mean;
}

bool is_zero(const float* row, Index cols) {
  return std::all_of(row, row + cols, [](float x) { return x == 0.0F; });
}
}  // namespace

OwnRows own_rows(MatrixView<const float> features) {
  OwnRows out{std::vector<char>(static_cast<std::size_t>(features.rows), 1)};
  if (features.cols < 2) return out;
  const std::vector<double> mean = column_means(features);
  std::vector<double> distances;
  double total = 0.0;
  for (Index r = 0; r < features.rows; ++r) {
    const float* row = features.row(r);
    double square = 0.0;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double x = static_cast<double>(row[c]) - mean[c];
      square += x * x;
    }
    distances.push_back(std::sqrt(square));
    total += distances.back();
  }
  const double least = kAtMean * total / static_cast<double>(features.rows);
  for (Index r = 0; r < features.rows; ++r) {
    const bool zero = is_zero(features.row(r), features.cols);
    const bool at_mean = !zero && distances[static_cast<std::size_t>(r)] <= least;
    out.zero += zero ? 1 : 0;
    out.at_mean += at_mean ? 1 : 0;
    if (zero || at_mean) out.own[static_cast<std::size_t>(r)] = 0;
  }
  return out;
}

}  // namespace monet::data
