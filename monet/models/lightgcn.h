#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/tape.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/detail/adjacency.h"
#include "monet/models/model.h"

#include <optional>

namespace monet::models {

/// LightGCN (He et al., SIGIR 2020): id embeddings, E^l = S E^{l-1}, final = mean of E^0 … E^L, score e_u·e_i, BPR.
///
/// - `adjacency` symmetric: S = D^(-1/2) A D^(-1/2), the paper's; row_self_loops: D⁻¹ (A + I), as in LATTICE's code.
/// - `regulariser` squared: of the layer-0 rows of the batch, the paper's; propagated: of the final rows (LATTICE's
///   code); norm: un-squared, layer 0 (MMRec's).
///
/// Parameters: `user_embedding.weight` [U, d], `item_id_embedding.weight` [I, d] (as rows of one block, users first),
/// Xavier-uniform; MMRec's names `embedding_dict.user_emb` and `.item_emb` are accepted too. A step with the symmetric
/// matrix computes only the batch's receptive field.
class LightGcn final : public Model {
 public:
  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  LightGcn(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return "lightgcn"; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  LossParts compute_gradients(const Batch& batch) override;
  Scoring scoring() override;
  /// `item_foldin` [I, d] with the symmetric matrix (detail/item_foldin.h).
  std::vector<NamedTensor> artifact_tensors() override;

  /// Shares of graph::ReceptiveField. The batch's own rows are never taken as all: fewer rows are then written by the
  /// last pass, cleared for the loss, and read by the first pass back.
  static constexpr double kDenseShare = 0.5;
  static constexpr double kBatchShare = 1.0;

  static ModelSettings defaults();
  static std::span<const std::string_view> option_names();
  static void take_sizes(ModelOptions& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset);

 private:
  LossParts symmetric_step(const Batch& batch);
  LossParts row_step(const Batch& batch);

  ModelOptions options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  autograd::PropagateOptions encoder_;
  std::optional<graph::ReceptiveField> field_;  // symmetric
  detail::NodeMatrix rows_;                     // row_self_loops
  autograd::Tape tape_;
  std::vector<std::int32_t> batch_items_;
  std::vector<float> popularity_;
};

}  // namespace monet::models
