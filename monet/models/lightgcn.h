#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/detail/adjacency.h"
#include "monet/models/detail/softmax_head.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <optional>

namespace monet::models {

/// LightGCN (He et al., SIGIR 2020): id embeddings, E^l = S E^{l-1}, final = mean of E^0 … E^L, score e_u·e_i, BPR.
///
/// - `adjacency` symmetric: S = D^(-1/2) A D^(-1/2), the paper's; row_self_loops: D⁻¹ (A + I), as in LATTICE's code.
/// - `regulariser` squared: of the layer-0 rows of the batch, the paper's; propagated: of the final rows (LATTICE's
///   code); norm: un-squared, layer 0 (MMRec's).
/// - `loss` softmax: over items (detail/softmax_head.h) in place of BPR, with the symmetric matrix; λ weighs
///   ½ (‖u‖² + ‖i‖²) of the layer-0 rows of the batch's pairs.
///
/// Parameters: `user_embedding.weight` [U, d], `item_id_embedding.weight` [I, d] (as rows of one block, users first),
/// Xavier-uniform; MMRec's names `embedding_dict.user_emb` and `.item_emb` are accepted too; `item_bias` [I, 1] of the
/// softmax. A step with the symmetric matrix computes only the batch's receptive field.
class LightGcn final : public Model {
 public:
  static constexpr std::string_view kName = "lightgcn";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;  // d
    int layers = 3;  // L
    Adjacency adjacency = Adjacency::symmetric;
    float weight_decay = 1e-4F;  // λ
    Regulariser regulariser = Regulariser::squared;
    RankingLossKind loss = RankingLossKind::bpr;
    ScoreSimilarity similarity = ScoreSimilarity::dot;
    float temperature = 0.2F;  // τ
    bool item_bias = false;
    Index candidates = 0;  // 0: all
    Denominator denominator = Denominator::trained;
    SoftmaxDtype softmax_dtype = SoftmaxDtype::automatic;
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  LightGcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_foldin` [I, d] with the symmetric matrix (detail/item_foldin.h).
  Output output(autograd::Tape& tape, Detail detail) override;
  std::span<const double> popularity_weights() const override;
  StepWork step_work(const Batch& batch) const override;

  /// Shares of graph::ReceptiveField. The batch's own rows are never taken as all: fewer rows are then written by the
  /// last pass, cleared for the loss, and read by the first pass back.
  static constexpr double kDenseShare = 0.5;
  static constexpr double kBatchShare = 1.0;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return false; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  Loss symmetric_step(autograd::Tape& tape, const Batch& batch);
  Loss softmax_step(autograd::Tape& tape, const Batch& batch);
  Loss row_step(autograd::Tape& tape, const Batch& batch);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  autograd::PropagateOptions encoder_;
  std::optional<graph::ReceptiveField> field_;  // symmetric
  detail::NodeMatrix rows_;                     // row_self_loops
  std::vector<std::int32_t> batch_items_;
  std::optional<detail::SoftmaxHead> softmax_;
};

}  // namespace monet::models
