#include "monet/models/detail/checks.h"

#include "monet/core/error.h"

namespace monet::models::detail {

void require_modalities(std::string_view model, const data::Dataset& dataset) {
  if (dataset.modalities.empty()) {
    fail<DataError>(
        "[{}] needs at least one modality, and dataset {} has none: put features of the items beside the "
        "interactions as NAME_feat.npy (one row for each item), or choose a model that works without",
        model, dataset.name);
  }
  for (const auto& modality : dataset.modalities) {
    if (modality.features.rows() != dataset.num_items()) {
      fail<DataError>("[{}] modality {} has {} rows, the dataset {} items", model, modality.name,
                      modality.features.rows(), dataset.num_items());
    }
  }
}

void require_same_shape(std::string_view model, const data::Dataset& dataset, const graph::Bipartite& graph) {
  if (graph.num_users() != dataset.num_users() || graph.num_items() != dataset.num_items()) {
    fail<InvalidArgument>("[{}] the graph has {} users and {} items, the dataset {} and {}", model, graph.num_users(),
                          graph.num_items(), dataset.num_users(), dataset.num_items());
  }
}

}  // namespace monet::models::detail
