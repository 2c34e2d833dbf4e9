#include "monet/models/detail/standardise.h"

#include <cmath>
#include <vector>

namespace monet::models::detail {

Matrix<float> standardised(MatrixView<const float> features) {
  const auto cols = static_cast<std::size_t>(features.cols);
  const auto rows = static_cast<double>(features.rows);
  std::vector<double> mean(cols, 0.0), squares(cols, 0.0);
  for (Index r = 0; r < features.rows; ++r) {
    const float* row = features.row(r);
    for (std::size_t c = 0; c < cols; ++c) mean[c] += static_cast<double>(row[c]) / rows;
  }
  for (Index r = 0; r < features.rows; ++r) {
    const float* row = features.row(r);
    for (std::size_t c = 0; c < cols; ++c) {
      const double apart = static_cast<double>(row[c]) - mean[c];
      squares[c] += apart * apart;
    }
  }
  Matrix<float> out(features.rows, features.cols);
  const double divisor = rows > 1.0 ? rows - 1.0 : 1.0;
  for (double& square : squares) square = 1.0 / (std::sqrt(square / divisor) + 1e-8);
  for (Index r = 0; r < features.rows; ++r) {
    const float* row = features.row(r);
    for (std::size_t c = 0; c < cols; ++c) {
      out(r, static_cast<Index>(c)) = static_cast<float>((static_cast<double>(row[c]) - mean[c]) * squares[c]);
    }
  }
  return out;
}

Matrix<float> of_mean_length(MatrixView<const float> features) {
  double lengths = 0.0;
  for (Index r = 0; r < features.rows; ++r) {
    double square = 0.0;
    for (const float x : features.row_span(r)) square += static_cast<double>(x) * static_cast<double>(x);
    lengths += std::sqrt(square);
  }
  const double factor = lengths > 0.0 ? static_cast<double>(features.rows) / lengths : 1.0;
  Matrix<float> out = Matrix<float>::copy_of(features);
  for (Index k = 0; k < out.size(); ++k)
    out.data()[k] = static_cast<float>(factor * static_cast<double>(out.data()[k]));
  return out;
}

}  // namespace monet::models::detail
