#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/autograd/ops/sparse_pattern.h"
#include "monet/autograd/tape.h"
#include "monet/graph/receptive_field.h"
#include "monet/models/detail/feature_table.h"
#include "monet/models/model.h"

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
/// Parameters, with P = v_gcn for image, t_gcn for text, <modality>_gcn for others, c the option latent_dim:
/// `id_gcn.id_embedding` [U + I, d], `model_specific_conf` [U + I, M] (columns in the dataset's order),
/// `P.preference` [U, c], all Xavier-normal; `P.MLP.weight` [c, d_m], `.bias` [c], uniform in ±1/√d_m.
class Grcn final : public Model {
 public:
  /// All references must outlive the model. Throws DataError without modalities or when two get one name, and
  /// InvalidArgument for an option outside its domain.
  Grcn(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return "grcn"; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  LossParts compute_gradients(const Batch& batch) override;
  Scoring scoring() override;
  /// `item_embedding.<modality>` [I, c]: C_i.
  std::vector<NamedTensor> artifact_tensors() override;

  static ModelSettings defaults();
  static std::span<const std::string_view> option_names();
  static void take_sizes(ModelOptions& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset);

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

  autograd::Var on_tape(const Parameter* parameter);
  autograd::Embeddings sides_of(const Parameter* nodes);
  Tables tables_on_tape();
  autograd::Embeddings nodes_of(const Modality& modality, autograd::Var preference);
  /// What the embeddings are made of: ids, then C of each modality. Of the batch's rows, or of all.
  std::vector<autograd::Embeddings> final_parts(const Tables& tables, const graph::ReceptiveField* batch);
  autograd::Var regulariser(const Tables& tables, const Batch& batch);

  ModelOptions options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* ids_ = nullptr;
  Parameter* confidence_ = nullptr;
  std::vector<Modality> modalities_;
  autograd::PatternPtr user_items_;
  autograd::PatternPtr item_users_;
  graph::ReceptiveField batch_field_;
  autograd::Tape tape_;
  std::vector<float> popularity_;
  std::vector<autograd::Embeddings> final_parts_;  // of the last `scoring`
};

}  // namespace monet::models
