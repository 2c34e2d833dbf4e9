#include "monet/kernels/scaled_columns.h"

namespace monet::kernels {

Matrix<float> scaled_columns(MatrixView<const float> features, std::span<const double> center,
                             std::span<const double> scale) {
  Matrix<float> out(features.rows, features.cols);
  for (Index r = 0; r < out.rows(); ++r) {
    for (Index c = 0; c < out.cols(); ++c) {
      const auto at = static_cast<std::size_t>(c);
      const double from = center.empty() ? 0.0 : center[at];
      const double factor = scale.empty() ? 1.0 : scale[scale.size() == 1 ? 0 : at];
      out(r, c) = static_cast<float>((static_cast<double>(features(r, c)) - from) * factor);
    }
  }
  return out;
}

}  // namespace monet::kernels
