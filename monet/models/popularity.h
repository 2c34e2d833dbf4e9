#pragma once

#include "monet/core/matrix.h"
#include "monet/models/detail/untrained.h"

namespace monet::models {

/// The same for everybody: the score of an item is its number of training interactions, as the product of embeddings of
/// width 1 (users 1, items their number).
class Popularity final : public detail::Untrained {
 public:
  /// All references must outlive the model.
  Popularity(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph,
             ThreadPool& pool);

  std::string_view name() const override { return "popularity"; }
  Scoring scoring() override;
  /// A newcomer's embedding is 1, too, whatever the history: `user_foldin` [1, 1] is 1 and `item_foldin` [I, 1] zero.
  std::vector<NamedTensor> artifact_tensors() override;

  static ModelSettings defaults() { return {}; }
  static std::span<const std::string_view> option_names() { return {}; }
  static std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset);

 private:
  const graph::Bipartite* graph_;
  std::vector<float> popularity_;
  Matrix<float> users_;        // [U, 1] ones
  Matrix<float> item_foldin_;  // [I, 1] zeros
  Matrix<float> user_foldin_;  // [1, 1] one
};

}  // namespace monet::models
