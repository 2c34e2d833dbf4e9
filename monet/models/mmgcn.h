#pragma once

#include "monet/models/detail/adjacency.h"
#include "monet/models/detail/feature_table.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::models {

/// MMGCN (Wei et al., MM 2019): for each modality m three graph layers over users and items together, with M the mean
/// over neighbours and F_m the features, of images mapped to `map_dim` columns, of others as they are:
///
///   x = normalise([preference_m ; F_m]);   h = LeakyReLU(M (x W_l));   x̂ = LeakyReLU(x L_lᵀ + l_l) + id
///   x ← LeakyReLU([h ‖ x̂] G_lᵀ + g_l),  or with `combination` elementwise LeakyReLU(h G_lᵀ + g_l + x̂)
///
/// final = mean of x over the modalities, score u·i, BPR, λ (Σ (2 ‖id_u‖² + ‖id_i‖² + ‖id_j‖²) / (2 B d) +
/// ‖preference of image‖² / (U c)). The published code never trains `id_embedding` and the preferences; with
/// `trainable_ids` they are trained. `output` uses the current parameters.
///
/// `variant`: those of MONET's Section 3, read so that all share one start, x⁰ = normalise([preference_m ; F_m P_mᵀ +
/// p_m]) + id of width d (docs/models.md):
///   linear (MMGCN-n)  x ← M x + x;   no_self (-s)  x ← LeakyReLU(M (x W_l));
///   layer_combination (-s+l)  the mean of x⁰ … x³ of no_self;   no_graph (-GCN)  x⁰
///
/// Parameters, with P = v_gcn for image, t_gcn for text, <modality>_gcn for others, and c the width of x at the start:
/// `id_embedding` [U + I, d], `P.preference` [U, c], `v_gcn.MLP.weight` [c, d_m], `.bias` [c]; for l = 1..3
/// `P.conv_embed_l.weight` [in, in] (used as x W), `P.linear_layerl.weight` [d, in], `.bias`, `P.g_layerl.weight` [d,
/// in + d] (elementwise [d, in]), `.bias`, in = c, d, d. Variants: `P.projection.weight` [d, d_m], `.bias` in place of
/// the map, and `P.conv_embed_l.weight` [d, d] where they use it. Tables and weights Xavier-normal; biases, maps and
/// g_layer2, g_layer3 uniform in ±1/√in.
class Mmgcn final : public Model {
 public:
  static constexpr std::string_view kName = "mmgcn";
  static constexpr bool kTrained = true;
  /// How a node's neighbourhood joins its own representation.
  enum class Combination { concat, elementwise };
  /// The model itself, or one of the variants of MONET's Section 3: linear propagation (MMGCN-n), without
  /// self-connection (-s), layer combination in its place (-s+l), without graph (-GCN).
  enum class Variant { full, linear, no_self, layer_combination, no_graph };

  struct Options {
    Index dim = 64;       // d
    Index map_dim = 256;  // width of the image map
    Combination combination = Combination::concat;
    bool trainable_ids = false;  // also train the id and preference tables, which the published code does not
    Variant variant = Variant::full;
    float weight_decay = 1e-5F;  // λ
    FeaturesDtype features_dtype = FeaturesDtype::f32;
    FeaturesLayout features_layout = FeaturesLayout::rows;
  };

  /// All references must outlive the model. Throws DataError without modalities or when two get one name, and
  /// InvalidArgument for an option outside its domain.
  Mmgcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, d]: x of the modality after the last layer.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  static constexpr int kLayers = 3;  // whatever the option says, in the published code too

  struct Layer {
    Parameter* conv = nullptr;
    Parameter* linear_weight = nullptr;
    Parameter* linear_bias = nullptr;
    Parameter* g_weight = nullptr;
    Parameter* g_bias = nullptr;
  };
  struct Modality {
    std::string name;
    bool image = false;
    MatrixView<const float> features;
    std::optional<detail::FeatureTable> table;  // where there is a map
    Parameter* map_weight = nullptr;
    Parameter* map_bias = nullptr;
    Parameter* preference = nullptr;
    std::array<Layer, kLayers> layers;
  };

  Modality make_modality(const data::Modality& modality);
  autograd::Var on_tape(autograd::Tape& tape, const Parameter* parameter);
  /// id_embedding or a preference: a constant unless they are trained.
  autograd::Var table_on_tape(autograd::Tape& tape, const Parameter* table);
  autograd::Var start(autograd::Tape& tape, const Modality& modality, autograd::Var preference);
  autograd::Var layer(autograd::Tape& tape, const Layer& layer, autograd::Var self, autograd::Var neighbours,
                      autograd::Var ids);
  /// x of a modality after the last layer, for some nodes or, with no `rows`, all.
  autograd::Var published(autograd::Tape& tape, const Modality& modality, autograd::Var start, autograd::Var ids,
                          std::span<const std::int32_t> rows);
  autograd::Var variant(autograd::Tape& tape, const Modality& modality, autograd::Var start,
                        std::span<const std::int32_t> rows);
  /// One for each modality.
  std::vector<autograd::Var> modality_rows(autograd::Tape& tape, std::span<const autograd::Var> preferences,
                                           autograd::Var ids, std::span<const std::int32_t> rows);
  std::vector<autograd::Var> preferences_on_tape(autograd::Tape& tape);
  autograd::Var mean(autograd::Tape& tape, std::span<const autograd::Var> parts);
  autograd::Var regulariser(autograd::Tape& tape, std::span<const autograd::Var> preferences, autograd::Var ids,
                            const Batch& batch);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* ids_ = nullptr;
  std::vector<Modality> modalities_;
  detail::NodeMatrix mean_;
};

}  // namespace monet::models
