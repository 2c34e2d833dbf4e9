#pragma once

#include "monet/core/matrix.h"
#include "monet/core/view.h"
#include "monet/scoring/new_item_map.h"

#include <span>
#include <vector>

namespace monet::rank {

/// Rows of n items without interactions, as training would have left them (scoring/new_item_map.h), what they would do
/// to others left out. `features[m]`, [n, d_m], are those of modality m of `map`. Gives a matrix [n, width] for each
/// table of the map, in its order. Throws InvalidArgument for features of another shape. O(n (Σ w_m d_m + P Σ widths)).
std::vector<Matrix<float>> new_item_rows(const scoring::NewItemMap& map,
                                         std::span<const MatrixView<const float>> features);

}  // namespace monet::rank
