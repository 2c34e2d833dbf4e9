#pragma once

#include "monet/data/dataset.h"
#include "monet/graph/bipartite.h"
#include "monet/scoring/scoring.h"

#include <string_view>
#include <vector>

namespace monet::models::detail {

/// Throws DataError when the dataset has no modality, or one with another number of rows than items; the message begins
/// with "[model]".
void require_modalities(std::string_view model, const data::Dataset& dataset);
/// Throws InvalidArgument when the graph is not the dataset's.
void require_same_shape(std::string_view model, const data::Dataset& dataset, const graph::Bipartite& graph);
/// Throws InvalidArgument for a value below `least`, or not finite: "[lightgcn] layers is -1; it must be at least 0".
void require_at_least(std::string_view model, std::string_view option, double value, double least);
/// The same for a value outside [low, high].
void require_between(std::string_view model, std::string_view option, double value, double low, double high);

/// Training interactions of each item.
std::vector<float> popularity_of(const graph::Bipartite& graph);

/// What a model scores by when its score is the product of final embeddings.
scoring::Scoring dot_scoring(MatrixView<const float> users, MatrixView<const float> items,
                             const graph::Bipartite& graph, std::span<const float> popularity);

}  // namespace monet::models::detail
