#pragma once

#include "monet/models/model.h"
#include "monet/models/shared_options.h"

namespace monet::models::detail {

/// `target` becomes the size of dimension `axis` of the tensor `name`, if it is there and has that dimension. True if
/// so.
bool take_size(Index& target, const TensorShapes& shapes, std::string_view name, std::size_t axis);

/// Bytes of the copies of the features that FeatureTable makes of all modalities in this type and layout.
std::size_t feature_copy_bytes(FeaturesDtype dtype, FeaturesLayout layout, const data::Dataset& dataset);

/// Bytes of `count` float tables [U + I, width].
std::size_t tables_bytes(const data::Dataset& dataset, Index width, Index count);

}  // namespace monet::models::detail
