#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/detail/feature_table.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <span>
#include <string>
#include <vector>

namespace monet::models {

/// GRCN (Wei et al., MM 2020): edges of the user-item graph are weighed by what each modality says of them, ids are
/// propagated over the weighed edges, and content embeddings stand beside them. For each modality m:
///
///   f = normalise(LeakyReLU(F_m W_mᵀ + b_m)) of items, p = normalise(preference_m) of users;
///   a_{u→i} = softmax of p_u·f_i over u ∈ N_i, a_{i→u} = the same over i ∈ N_u;
///   C_i = f_i + Σ_u a_{u→i} p_u, C_u = p_u + Σ_i a_{i→u} f_i
///
/// w_{s→t} = max_m a^m_{s→t} conf_{s,m} (with `pruning` at least 0); x = normalise(id_embedding), y¹ = w x, y² = w y¹,
/// final = [x + y¹ + y² ‖ C of all modalities], score u·i, BPR, λ (Σ (2 ‖id_u‖² + ‖id_i‖² + ‖id_j‖²) / (2 B d) +
/// Σ_m Σ ‖preference_{m,u}‖² / (B c)) of the raw tables.
///
/// `routing` paper: before that, `num_routing` times a = softmax of p_u·f_i over N_u, p ← normalise(p + Σ a f).
/// published: the published code's messages run to the items and leave p as it is.
///
/// Parameters, with P = v_gcn for image, t_gcn for text, <modality>_gcn for others, c the option content_dim:
/// `id_gcn.id_embedding` [U + I, d], `model_specific_conf` [U + I, M] (columns in the dataset's order),
/// `P.preference` [U, c], all Xavier-normal; `P.MLP.weight` [c, d_m], `.bias` [c], uniform in ±1/√d_m.
class Grcn final : public Model {
 public:
  static constexpr std::string_view kName = "grcn";
  static constexpr bool kTrained = true;
  /// As the published code routes (preferences stay as they are), or as the paper says.
  enum class Routing { published, paper };

  struct Options {
    Index dim = 64;          // d
    Index content_dim = 64;  // c
    Routing routing = Routing::published;
    int num_routing = 3;
    bool pruning = true;         // negative edge weights become 0
    float weight_decay = 1e-5F;  // λ
    FeaturesDtype features_dtype = FeaturesDtype::f32;
    FeaturesLayout features_layout = FeaturesLayout::rows;
  };

  /// All references must outlive the model. Throws DataError without modalities or when two get one name, and
  /// InvalidArgument for an option outside its domain.
  Grcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, c]: C_i.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  struct Modality {
    std::string name;
    detail::FeatureTable table;
    Parameter* preference;
    Parameter* weight;
    Parameter* bias;
  };
  struct Tables {
    autograd::Embeddings ids;
    autograd::Embeddings confidence;
    std::vector<autograd::Var> preferences;
  };

  autograd::Var on_tape(autograd::Tape& tape, const Parameter* parameter);
  autograd::Embeddings sides_of(autograd::Tape& tape, const Parameter* nodes);
  Tables tables_on_tape(autograd::Tape& tape);
  autograd::Embeddings nodes_of(autograd::Tape& tape, const Modality& modality, autograd::Var preference);
  /// What the embeddings are made of: ids, then C of each modality. Of the batch's rows, or of all.
  std::vector<autograd::Embeddings> final_parts(autograd::Tape& tape, const Tables& tables,
                                                const graph::ReceptiveField* batch);
  autograd::Var regulariser(autograd::Tape& tape, const Tables& tables, const Batch& batch);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* ids_ = nullptr;
  Parameter* confidence_ = nullptr;
  std::vector<Modality> modalities_;
  autograd::PatternPtr user_items_;
  autograd::PatternPtr item_users_;
  graph::ReceptiveField batch_field_;
};

}  // namespace monet::models
