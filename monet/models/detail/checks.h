#pragma once

#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"

#include <string_view>

namespace monet::models::detail {

/// Throws DataError when the dataset has no modality, or one with another number of rows than items; the message begins
/// with "[model]".
void require_modalities(std::string_view model, const data::Dataset& dataset);
/// Throws InvalidArgument when the graph is not the dataset's.
void require_same_shape(std::string_view model, const data::Dataset& dataset, const graph::Bipartite& graph);

}  // namespace monet::models::detail
