#include "monet/models/detail/standardise.h"

#include "monet/kernels/scaled_columns.h"

#include <cmath>
#include <vector>

namespace monet::models::detail {

namespace {

struct Columns {
  std::vector<double> mean;
  std::vector<double> squares;  // Σ (x − mean)²
};

Columns columns_of(MatrixView<const float> features) {
  const auto cols = static_cast<std::size_t>(features.cols);
  const auto rows = static_cast<double>(features.rows);
  Columns out{std::vector<double>(cols, 0.0), std::vector<double>(cols, 0.0)};
  for (Index r = 0; r < features.rows; ++r) {
    const float* const row = features.row(r);
    for (std::size_t c = 0; c < cols; ++c) out.mean[c] += static_cast<double>(row[c]) / rows;
  }
  for (Index r = 0; r < features.rows; ++r) {
    const float* const row = features.row(r);
    for (std::size_t c = 0; c < cols; ++c) {
      const double apart = static_cast<double>(row[c]) - out.mean[c];
      out.squares[c] += apart * apart;
    }
  }
  return out;
}

}  // namespace

Matrix<float> scaled(MatrixView<const float> features, const FeatureScaling& scaling) {
  return kernels::scaled_columns(features, scaling.center, scaling.scale);
}

FeatureScaling standardising(MatrixView<const float> features) {
  const auto [mean, squares] = columns_of(features);
  const double divisor = features.rows > 1 ? static_cast<double>(features.rows) - 1.0 : 1.0;
  FeatureScaling scaling{mean, {}};
  for (const double square : squares) scaling.scale.push_back(1.0 / (std::sqrt(square / divisor) + 1e-8));
  return scaling;
}

Matrix<float> standardised(MatrixView<const float> features) {
  return scaled(features, standardising(features));
}

FeatureScaling to_mean_length(MatrixView<const float> features) {
  double lengths = 0.0;
  for (Index r = 0; r < features.rows; ++r) {
    double square = 0.0;
    for (const float x : features.row_span(r)) square += static_cast<double>(x) * static_cast<double>(x);
    lengths += std::sqrt(square);
  }
  return {{}, {lengths > 0.0 ? static_cast<double>(features.rows) / lengths : 1.0}};
}

Matrix<float> of_mean_length(MatrixView<const float> features) {
  return scaled(features, to_mean_length(features));
}

double evenness(MatrixView<const float> features) {
  double sum = 0.0;
  double squares = 0.0;
  for (const double variance : columns_of(features).squares) {
    sum += variance;
    squares += variance * variance;
  }
  return squares > 0.0 ? sum * sum / (static_cast<double>(features.cols) * squares) : 0.0;
}

bool standardises(MatrixView<const float> features, FeatureScale scale) {
  return scale == FeatureScale::on || (scale == FeatureScale::automatic && evenness(features) >= kEven);
}

}  // namespace monet::models::detail
