#pragma once

#include "monet/core/matrix.h"

namespace monet::models::detail {

/// What features are made into before they are projected: one factor for all of them (off); the same without the mean
/// of their rows (centre); columns of mean 0 and deviation 1 (on).
enum class FeatureScale { off, centre, on };

/// Of `features` [I, d_m]: off divides by the mean length of their rows, so that differences between columns and rows
/// stay; centre takes the mean row away first; on gives (x − mean) / (deviation + 1e-8) with the deviation of each
/// column, by the divisor I − 1, and makes a column of one value 0. Sums in float64.
Matrix<float> scaled_features(MatrixView<const float> features, FeatureScale scale);

}  // namespace monet::models::detail
