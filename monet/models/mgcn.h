#pragma once

#include "monet/models/detail/adjacency.h"
#include "monet/models/detail/item_views.h"
#include "monet/models/detail/linear_map.h"
#include "monet/models/detail/trained_features.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <span>
#include <vector>

namespace monet::models {

/// MGCN (Yu et al., MM 2023), as its published code computes it: ids that each modality's features let through, seen
/// through that modality's graph of similar items, beside ids propagated over the interactions. With f_m = X'_m W_mᵀ +
/// b_m, G_m the graph of the k nearest items by cosine (detail/knn_item_graphs.h), R the [U, I] block of S = D^(-1/2) A
/// D^(-1/2), σ the logistic function, L_* linear maps:
///
///   p_m = E_items ⊙ σ(L_gate,m f_m);   V_m = [R G_mⁿ p_m ; G_mⁿ p_m];   C = mean of E, S E, …, S^L E
///   K = Σ_m α_m V_m,  α = softmax over m of w·tanh(L_query V_m)
///   side = (Σ_m σ(L_prefer,m C) ⊙ (V_m - K) + K) / (M + 1);   final = C + side;   score u·i
///   loss = BPR + λ · ½ Σ ‖final rows of the batch‖² / B + λ_c [nce(side_i, C_i) + nce(side_u, C_u)]
///
/// nce within the batch's positives, and within its users, τ 0.2 (autograd/ops/contrast.h). LossParts::ranking holds
/// BPR and the contrast.
///
/// Parameters, with P = v for image, t for text, <modality> for others: `user_embedding.weight` [U, d] and
/// `item_id_embedding.weight` [I, d] (rows of one block), Xavier-uniform; X'_m, W_m, b_m as in
/// detail/trained_features.h; `gate_P.0`, `gate_<modality>_prefer.0`, `query_common.0` (`.weight` [d, d], `.bias` [d])
/// and `query_common.2.weight` [1, d], uniform in ±1/√d.
class Mgcn final : public Model {
 public:
  static constexpr std::string_view kName = "mgcn";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;                    // d
    int layers = 2;                    // L
    Index item_neighbours = 10;        // k
    int item_layers = 1;               // n
    float contrastive_weight = 0.01F;  // λ_c
    float weight_decay = 1e-4F;        // λ
  };

  /// All references must outlive the model. Computes G_m. Throws DataError without modalities or when two get one name,
  /// and InvalidArgument for an option outside its domain.
  Mgcn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, d]: G_mⁿ p_m.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  /// G_m of the m-th modality of the dataset.
  const detail::NodeMatrix& item_graph(std::size_t modality) const { return item_graphs_[modality]; }

  /// Of all nodes, users first, or of a batch's.
  struct Parts {
    std::vector<autograd::Var> views;  // V_m
    autograd::Var content;             // C
    autograd::Var side;
  };
  Parts parts(autograd::Tape& tape, autograd::Var nodes, const detail::BatchNodes* batch);

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  std::vector<detail::TrainedFeatures> features_;
  std::vector<detail::LinearMap> gates_;
  std::vector<detail::LinearMap> preferences_;
  detail::LinearMap query_;
  detail::LinearMap query_vector_;
  detail::NodeMatrix adjacency_;
  detail::ItemViews item_views_;
  std::vector<detail::NodeMatrix> item_graphs_;
  std::vector<std::int32_t> all_items_;  // node of each item
};

}  // namespace monet::models
