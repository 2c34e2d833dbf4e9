#pragma once

#include "monet/core/matrix.h"
#include "monet/models/detail/standardise.h"
#include "monet/models/output.h"

#include <span>
#include <string>
#include <vector>

namespace monet::models::detail {

/// Adds a modality to `out.new_items`: W_m [w_m, d_m] and b_m [w_m] (may be empty), which are copied.
void add_modality(Output& out, const std::string& name, MatrixView<const float> weight, std::span<const float> bias,
                  const FeatureScaling& scaling);

/// Adds a table to `out.new_items`. `images` [P, n]: what a linear map makes of each of the P projected columns alone.
/// The table's row is factor · (what it makes of p) + bias; an empty `bias` is 0.
void add_table(Output& out, const std::string& name, MatrixView<const float> images, double factor,
               std::vector<float> bias = {});

/// Columns of the identity: [count, cols], 1 at (c, c).
Matrix<float> units(Index count, Index cols);

}  // namespace monet::models::detail
