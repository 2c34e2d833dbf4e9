#pragma once

#include "monet/core/matrix.h"

#include <vector>

namespace monet::models::detail {

/// Whether columns of features get mean 0 and deviation 1 before they are projected.
enum class FeatureScale { automatic, off, on };

/// Features as a projection takes them: (x − center) ⊙ scale. Both empty: as they are.
struct FeatureScaling {
  std::vector<double> center;  // [d_m]; empty: 0
  std::vector<double> scale;   // [d_m], or [1] for all columns
};
Matrix<float> scaled(MatrixView<const float> features, const FeatureScaling& scaling);

/// Columns of mean 0 and deviation 1: (x − mean) / (deviation + 1e-8), the deviation with the divisor I − 1, over all
/// rows of `features` [I, d_m]. A column of one value becomes 0. Sums in float64.
FeatureScaling standardising(MatrixView<const float> features);
Matrix<float> standardised(MatrixView<const float> features);
/// `features` over the mean length of their rows: differences between columns and rows stay.
FeatureScaling to_mean_length(MatrixView<const float> features);
Matrix<float> of_mean_length(MatrixView<const float> features);

/// How alike the variances v of the columns are: (Σ v)² / (d_m Σ v²), 1 where all are the same and 1/d_m where one
/// column has all of it; 0 where nothing varies.
double evenness(MatrixView<const float> features);

/// Columns that differ much in what they vary say how much they matter: decreasing singular values, a network's rare
/// responses. Dividing by their deviations would raise the noise of the small ones. The bound was set with the results
/// on TikTok (above it, better standardised) and H&M (below it, worse) in view (docs/benchmarks.md).
inline constexpr double kEven = 0.85;

/// What `scale` means for `features`: automatic, whether their evenness is at least kEven.
bool standardises(MatrixView<const float> features, FeatureScale scale);

}  // namespace monet::models::detail
