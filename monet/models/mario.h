#pragma once

#include "monet/autograd/ops/modality_attention.h"
#include "monet/models/detail/feature_table.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace monet::models {

/// MARIO (Kim et al., CIKM 2022): matrix factorisation with attention over modalities for each interaction, and
/// decoders that keep each item's features recoverable. Re-implemented from published descriptions; there is no public
/// code. With modalities m = 1..M and a collaborative one, c:
///
///   q^m = W_m f_m + b_m,  q^c an id row;  h^m = p_u^m ⊙ q_i^m;  a = softmax_m(wᵀ tanh(W h^m + b))
///   score = Σ_m a_m Σ h^m;   f̂_m = D_m q^m + c_m
///   loss = BPR + λ_MP · mean over the batch's items of Σ_m (1 - cos(f̂_m, f_m)) + λ · ½ Σ ‖rows of the batch‖² / B
///
/// LossParts::ranking holds the first two terms.
///
/// Parameters: `user_preference.<modality>` and `cf.user` [U, d] (columns of one block, the modalities in the dataset's
/// order, then c), `cf.item` [I, d], Xavier-uniform; `projection.<modality>.weight` [d, d_m], `.bias` [d],
/// `decoder.<modality>.weight` [d_m, d], `.bias` [d_m], `attention.weight` [a, d], `.bias` [a], uniform in ±1/√in;
/// `attention.vector` [a], uniform in ±1/√a. a is the option attention_dim.
class Mario final : public Model {
 public:
  static constexpr std::string_view kName = "mario";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;              // d
    Index attention_dim = 16;    // a
    float preservation = 0.1F;   // λ_MP
    float weight_decay = 1e-5F;  // λ
    FeaturesDtype features_dtype = FeaturesDtype::f32;
    FeaturesLayout features_layout = FeaturesLayout::rows;
  };

  /// All references must outlive the model. Throws DataError without modalities and InvalidArgument for an option
  /// outside its domain.
  Mario(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// Kind pairwise: p and q of all modalities and c side by side, [U, (M+1) d] and [I, (M+1) d].
  /// `item_embedding.<modality>` [I, d]: q^m, and `item_embedding.collaborative`: q^c.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  struct Modality {
    std::string name;
    MatrixView<const float> features;
    detail::FeatureTable table;
    Parameter* user;
    Parameter* weight;
    Parameter* bias;
    Parameter* decoder;
    Parameter* decoder_bias;
  };

  autograd::Var all_items(autograd::Tape& tape, const graph::RowSet* rows);
  autograd::Var preservation(autograd::Tape& tape, autograd::Var item_rows, std::span<const std::int32_t> items);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  ParameterBlock* users_;
  std::vector<Modality> modalities_;
  Parameter* user_ids_;
  Parameter* item_ids_;
  Parameter* attention_weight_;
  Parameter* attention_bias_;
  Parameter* attention_vector_;
};

}  // namespace monet::models
