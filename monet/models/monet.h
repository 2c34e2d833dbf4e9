#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/detail/feature_table.h"
#include "monet/models/detail/fusion.h"
#include "monet/models/detail/softmax_head.h"
#include "monet/models/detail/standardise.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <deque>
#include <optional>

namespace monet::models {

/// MONET (WSDM 2024): item features projected (Eq. 2), propagated with a self-connection over the user–item graph
/// (MeGCN, Eq. 3), joined, scored by target-aware attention (Eq. 4–6), trained by BPR (Eq. 7). Every variant of the
/// paper is an option (ModelOptions); modalities lie side by side in the order of the dataset, so one pass over the
/// graph serves all.
///
/// - `encoder` none leaves layer 0 as it is; lightgcn is the mean of layers 0..L without alpha.
/// - `collaborative` adds an id table pair, propagated its own way over the same L layers, as the last modality.
/// - `fusion` joins modalities after propagation, the same way for users and items.
/// - `normalize_self` (footnote 9) gives the self term the normalisation an edge from the node to itself would have:
///   α e_v / √(|N_v| |N_v|) in place of α e_v. A node without neighbours keeps α e_v. MeGCN only.
/// - `exclude_target` leaves the positive item out of its own attention in training (a candidate is never in the
/// history
///   when ranking).
/// - `standardise` off uses features as they are, and under the softmax loss over the mean length of their rows; on
/// gives
///   columns mean 0 and deviation 1; automatic does so where columns vary alike (detail/standardise.h).
/// - `loss` softmax takes the softmax over items (detail/softmax_head.h) in place of BPR. Attention has no part in it,
///   and acts where ranking is asked for it (`target_aware`); λ weighs ½ Σ (‖user tables‖² + ‖cf.item‖²) / B of the
///   layer-0 rows of the batch's users and positives.
///
/// Parameters: `user_preference.<m>` [U, d] (columns of one [U, M·d] block), `projection.<m>.weight` [d, d_m] and
/// `.bias` [d], `cf.user` [U, d], `cf.item` [I, d], `item_bias` [I, 1] of the softmax, `fusion.weight` [n],
/// `fusion.fc.weight` [d, n·d], `fusion.fc.bias` [d].
///
/// A step of the default fusion computes only the batch's receptive field; fusions other than concatenation, and a
/// collaborative part propagated another way than the modalities, take whole passes.
class Monet : public Model {
 public:
  static constexpr std::string_view kName = "monet";
  static constexpr bool kTrained = true;
  enum class Encoder { megcn, lightgcn, none };
  /// An extra collaborative (id) embedding pair beside the modalities, and how it is propagated.
  enum class Collaborative { none, lightgcn, megcn };
  using Fusion = detail::Fusion;

  struct Options {
    Index dim = 64;              // d
    int layers = 2;              // L
    float alpha = 1.0F;          // self-connection, Eq. 3
    float beta = 0.3F;           // share of the target-oriented score, Eq. 6
    float weight_decay = 1e-5F;  // λ, Eq. 7
    Encoder encoder = Encoder::megcn;
    Fusion fusion = Fusion::concat;
    Collaborative collaborative = Collaborative::none;
    bool target_aware = true;
    bool normalize_features = true;  // rows of P_m divided by their L2 norm
    bool normalize_self = false;     // the paper's footnote 9
    bool exclude_target = false;     // leave the positive item out of its own attention
    FeaturesDtype features_dtype = FeaturesDtype::f32;
    FeaturesLayout features_layout = FeaturesLayout::rows;
    detail::FeatureScale standardise = detail::FeatureScale::off;
    RankingLossKind loss = RankingLossKind::bpr;
    ScoreSimilarity similarity = ScoreSimilarity::dot;
    float temperature = 0.2F;  // τ
    bool item_bias = false;
    Index candidates = 0;  // 0: all
    Denominator denominator = Denominator::trained;
    SoftmaxDtype softmax_dtype = SoftmaxDtype::automatic;
  };

  /// Sets of rows with more than this share of the edges are taken as all.
  static constexpr double kDenseShare = 0.5;

  /// All references must outlive the model. `dense_share` is the receptive field's (graph/receptive_field.h).
  /// Throws DataError for a dataset without modalities or with features of another number of items, InvalidArgument for
  /// an option outside its domain.
  Monet(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool,
        double dense_share = kDenseShare, std::string_view name = kName);

  std::string_view name() const override { return name_; }
  ParameterSet& parameters() override { return parameters_; }
  /// Tables Xavier-uniform, maps uniform in ±1/√(their input width), fusion weights equal.
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, d] (propagated, before fusion; `cf` is the collaborative part) and `item_foldin`
  /// [I, D] (detail/item_foldin.h), fused by concat, sum and weighted_sum. There is no `item_foldin` with fusion fc,
  /// whose bias is added once for each user and not for each item, nor with a normalised self-connection over several
  /// layers.
  Output output(autograd::Tape& tape, Detail detail) override;
  std::span<const double> popularity_weights() const override;
  StepWork step_work(const Batch& batch) const override;

  static const OptionSet<Options>& option_set();
  /// The same options with other defaults.
  static OptionSet<Options> described(const Options& defaults);
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  struct ModalityPart {
    const data::Modality* modality;
    detail::FeatureScaling scaling;
    Matrix<float> prepared;  // its features where they are not used as they are
    detail::FeatureTable features;
    Parameter* weight;
    Parameter* bias;
  };
  /// Values of one forward pass.
  struct Forward {
    autograd::Embeddings start;        // layer 0 of the modalities (and the collaborative part where it is joint)
    autograd::Embeddings propagated;   // the same, after the encoder
    autograd::Embeddings extra_start;  // the collaborative part where it is propagated another way
    autograd::Embeddings extra;
    detail::FusionVars fusion;
    autograd::Embeddings fused;
    autograd::Var layer0;  // the regulariser of the softmax loss, where asked for
  };

  void add_parameters();
  /// With `regularised` also the squares of a batch's layer-0 rows.
  Forward forward(autograd::Tape& tape, const graph::ReceptiveField* field, const Batch* regularised);
  void add_tensors(Output& out, autograd::Tape& tape, const Forward& values) const;
  autograd::PropagateOptions propagation(autograd::Propagation kind, int layers) const;
  Index num_slabs() const;

  Loss softmax_loss(autograd::Tape& tape, const Batch& batch);
  std::optional<autograd::Var> item_foldin(autograd::Tape& tape, const Forward& values) const;
  void add_new_items(Output& out, autograd::Tape& tape, const Forward& values, bool with_foldin) const;
  detail::FeatureScaling scaling(MatrixView<const float> features) const;

  std::string_view name_;
  Options options_;
  const data::Dataset* dataset_;
  const graph::Bipartite* graph_;
  bool joint_collaborative_;  // propagated with the modalities, as further columns
  autograd::PropagateOptions encoder_;
  autograd::PropagateOptions collaborative_;
  ParameterSet parameters_;
  ParameterBlock* users_ = nullptr;  // [U, M·d], and d more when the collaborative part is joint
  std::deque<ModalityPart> modalities_;
  Parameter* cf_user_ = nullptr;
  Parameter* cf_item_ = nullptr;
  Parameter* fusion_weight_ = nullptr;
  Parameter* fusion_bias_ = nullptr;
  std::optional<graph::ReceptiveField> field_;
  std::vector<std::int32_t> batch_items_;
  std::optional<detail::SoftmaxHead> softmax_;
};

}  // namespace monet::models
