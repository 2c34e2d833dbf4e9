#pragma once

#include "monet/autograd/tape.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/feature_table.h"
#include "monet/models/model.h"

#include <deque>

namespace monet::models {

/// VBPR (He and McAuley, AAAI 2016) over any number of modalities: r_i = [r_i^1 ‖ … ‖ r_i^M] are the features of an
/// item (text first, then the dataset's order), frozen; item vector q_i = [γ_i ‖ W r_i + b], user vector p_u, score
/// p_u·q_i, BPR. W r_i = Σ_m W_m r_i^m with columns of W for each modality, so features are read where they are and
/// never joined.
///
/// - `biases`: the paper's item bias and visual bias, + β_i + β'·r_i, as one more column of q_i that every user
/// weighs 1.
/// - `regulariser` norm: un-squared norms of the batch's p_u and q_i, with the projected features (MMRec's code);
///   propagated: half their squares; squared: half the squares of p_u, γ_i and β_i, none of W (the paper with λ_E = 0).
///
/// Parameters: `u_embedding` [U, 2d], `i_embedding` [I, d], Xavier-uniform; `item_linear.weight` [d, Σ d_m]
/// Xavier-normal, `item_linear.bias` [d] zero; with biases `item_bias` [I, 1] (β) and `visual_bias.weight` [1, Σ d_m]
/// (β', the row below W), zero. A step projects the features of the batch's items only, unless they are most.
class Vbpr final : public Model {
 public:
  /// All references must outlive the model. Throws DataError for a dataset without modalities, InvalidArgument for an
  /// option outside its domain.
  Vbpr(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return "vbpr"; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  LossParts compute_gradients(const Batch& batch) override;
  Scoring scoring() override;
  /// `item_embedding.<modality>` [I, d]: W_m r_m, the part of q_i that the modality gives.
  std::vector<NamedTensor> artifact_tensors() override;

  static ModelSettings defaults();
  static std::span<const std::string_view> option_names();
  static void take_sizes(ModelOptions& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset);

 private:
  struct ModalityPart {
    const data::Modality* modality;
    Index first_col;  // of r_i
    detail::FeatureTable features;
  };
  /// The parameters on the tape.
  struct Vars {
    autograd::Var users, ids, item_bias, bias;
    std::vector<autograd::Var> weights;
  };

  Index slab_width() const { return options_.dim + (options_.biases ? 1 : 0); }
  Vars on_tape();
  /// [W_m r_m ‖ …] [I, M·(d or d + 1)], b in the first slab when `with_bias`.
  autograd::Var project(const Vars& vars, bool with_bias, const graph::RowSet* rows);
  /// q of some items [n, 2d or 2d + 1], and their γ and β side by side.
  struct ItemRows {
    autograd::Var vectors, own;
  };
  ItemRows item_rows(const Vars& vars, autograd::Var projected, std::span<const std::int32_t> items);

  ModelOptions options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* ids_;
  ParameterBlock* weights_;  // W, and β' below
  Parameter* weight_;
  Parameter* bias_;
  Parameter* item_bias_ = nullptr;
  std::deque<ModalityPart> modalities_;
  autograd::Tape tape_;
  graph::RowSet batch_items_;
  Matrix<float> zeros_, ones_;
  std::vector<float> popularity_;
  autograd::Var projected_;    // of the last scoring, without b
  Matrix<float> final_users_;  // with biases: [U, 2d + 1]
  Matrix<float> final_items_;
};

}  // namespace monet::models
