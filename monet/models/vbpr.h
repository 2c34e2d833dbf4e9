#pragma once

#include "monet/graph/receptive_field.h"
#include "monet/models/detail/batch_rows.h"
#include "monet/models/detail/feature_table.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

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
  static constexpr std::string_view kName = "vbpr";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;              // d
    float weight_decay = 1e-5F;  // λ
    Regulariser regulariser = Regulariser::norm;
    bool biases = false;
    FeaturesDtype features_dtype = FeaturesDtype::f32;
    FeaturesLayout features_layout = FeaturesLayout::rows;
  };

  /// All references must outlive the model. Throws DataError for a dataset without modalities, InvalidArgument for an
  /// option outside its domain.
  Vbpr(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, d]: W_m r_m, the part of q_i that the modality gives.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

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
  void add_new_items(Output& out) const;
  Vars on_tape(autograd::Tape& tape);
  /// [W_m r_m ‖ …] [I, M·(d or d + 1)], b in the first slab when `with_bias`.
  autograd::Var project(autograd::Tape& tape, const Vars& vars, bool with_bias, const graph::RowSet* rows);
  /// q of some items [n, 2d or 2d + 1], and their γ and β side by side.
  struct ItemRows {
    autograd::Var vectors, own;
  };
  ItemRows item_rows(autograd::Tape& tape, const Vars& vars, autograd::Var projected,
                     std::span<const std::int32_t> items);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* ids_;
  ParameterBlock* weights_;  // W, and β' below
  Parameter* weight_;
  Parameter* bias_;
  Parameter* item_bias_ = nullptr;
  std::deque<ModalityPart> modalities_;
  graph::RowSet batch_items_;
  Matrix<float> zeros_, ones_;
};

}  // namespace monet::models
