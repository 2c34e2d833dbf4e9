#include "monet/models/detail/standardise.h"

#include <cmath>
#include <vector>

namespace monet::models::detail {

namespace {

using Columns = std::vector<double>;

/// (x − mean) · factor, column by column.
Matrix<float> moved(MatrixView<const float> features, const Columns& mean, const Columns& factor) {
  Matrix<float> out(features.rows, features.cols);
  for (Index r = 0; r < features.rows; ++r) {
    const float* const row = features.row(r);
    for (std::size_t c = 0; c < mean.size(); ++c) {
      out(r, static_cast<Index>(c)) = static_cast<float>((static_cast<double>(row[c]) - mean[c]) * factor[c]);
    }
  }
  return out;
}

Columns column_means(MatrixView<const float> features) {
  Columns mean(static_cast<std::size_t>(features.cols), 0.0);
  const auto rows = static_cast<double>(features.rows);
  for (Index r = 0; r < features.rows; ++r) {
    const float* const row = features.row(r);
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += static_cast<double>(row[c]) / rows;
  }
  return mean;
}

/// 1 / (deviation + 1e-8) of each column.
Columns inverse_deviations(MatrixView<const float> features, const Columns& mean) {
  Columns out(mean.size(), 0.0);
  for (Index r = 0; r < features.rows; ++r) {
    const float* const row = features.row(r);
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double apart = static_cast<double>(row[c]) - mean[c];
      out[c] += apart * apart;
    }
  }
  const double divisor = features.rows > 1 ? static_cast<double>(features.rows) - 1.0 : 1.0;
  for (double& square : out) square = 1.0 / (std::sqrt(square / divisor) + 1e-8);
  return out;
}

/// 1 / the mean length of the rows from `mean`; 1 where all are of length 0.
double inverse_mean_length(MatrixView<const float> features, const Columns& mean) {
  double lengths = 0.0;
  for (Index r = 0; r < features.rows; ++r) {
    const float* const row = features.row(r);
    double square = 0.0;
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double apart = static_cast<double>(row[c]) - mean[c];
      square += apart * apart;
    }
    lengths += std::sqrt(square);
  }
  return lengths > 0.0 ? static_cast<double>(features.rows) / lengths : 1.0;
}

}  // namespace

Matrix<float> scaled_features(MatrixView<const float> features, FeatureScale scale) {
  const auto cols = static_cast<std::size_t>(features.cols);
  const Columns mean = scale == FeatureScale::off ? Columns(cols, 0.0) : column_means(features);
  if (scale == FeatureScale::on) return moved(features, mean, inverse_deviations(features, mean));
  return moved(features, mean, Columns(cols, inverse_mean_length(features, mean)));
}

}  // namespace monet::models::detail
