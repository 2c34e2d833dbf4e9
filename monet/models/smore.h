#pragma once

#include "monet/autograd/ops/spectrum.h"
#include "monet/models/detail/adjacency.h"
#include "monet/models/detail/item_views.h"
#include "monet/models/detail/linear_map.h"
#include "monet/models/detail/row_dropout.h"
#include "monet/models/detail/trained_features.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <cstdint>
#include <vector>

namespace monet::models {

/// SMORE (Ong and Khong, WSDM 2025), as its published code computes it: features are cleaned and fused in the frequency
/// domain, and let ids through that are then seen through graphs of similar items. With f_m = X'_m W_mᵀ + b_m, F the
/// Fourier transform of a row, G_m the graph of the k_m nearest items by cosine (detail/knn_item_graphs.h), G_fusion
/// the largest of them on the union, C, R and σ as in detail/item_views.h and L_* linear maps:
///
///   y_m = F⁻¹(F(f_m) ⊙ w_m);   y_fusion = F⁻¹(Π_m F(f_m) ⊙ w_fusion)
///   p = E_items ⊙ σ(L_gate y),  V = [R Gⁿ p ; Gⁿ p]  of each modality and of the fusion
///   A_m = softmax(W_m tanh(L_query,m V_fusion)) ⊙ V_m, over the d positions of a row;   A_fusion = V_fusion
///   side = Σ dropout(σ(L_prefer C)) ⊙ A / (M + 1);   C = mean of E, S E, …, S^L E;   final = C + side;   score u·i
///   loss = BPR + λ · ½ Σ ‖final rows of the batch‖² / B + λ_c [nce(side_i, C_i) + nce(side_u, C_u)]
///
/// nce within the batch's positives, and within its users, τ 0.2 (autograd/ops/contrast.h). LossParts::ranking holds
/// BPR and the contrast.
///
/// Parameters, with P = v for image, t for text, <modality> for others, f and fusion for the fusion:
/// `user_embedding.weight` [U, d] and `item_id_embedding.weight` [I, d] (rows of one block), Xavier-uniform; X'_m, W_m,
/// b_m as in detail/trained_features.h; `<modality>_complex_weight` [⌊d/2⌋ + 1, 2], a real and an imaginary part a row,
/// N(0, 1); `gate_P.0`, `query_P.0`, `gate_<modality>_prefer.0` (`.weight` [d, d], `.bias` [d]) and `query_P.2.weight`
/// [d, d], uniform in ±1/√d.
class Smore final : public Model {
 public:
  static constexpr std::string_view kName = "smore";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;               // d
    int layers = 3;               // L
    Index image_neighbours = 10;  // k of the image
    Index text_neighbours = 10;   // k of every other modality
    int item_layers = 1;          // n
    float gate_dropout = 0.0F;
    float contrastive_weight = 0.01F;  // λ_c
    float weight_decay = 1e-4F;        // λ
  };

  /// All references must outlive the model. Computes the graphs of items. Throws DataError without modalities, when two
  /// get one name or one has the fusion's, and InvalidArgument for an option outside its domain.
  Smore(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, d]: Gⁿ p of each modality, and of `fusion`.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  /// The graph of the m-th modality of the dataset; after the last, the fused one.
  const detail::NodeMatrix& item_graph(std::size_t part) const { return item_graphs_[part]; }
  /// The masks of the gates: the modalities in the dataset's order, then the fusion; rows are nodes, users first.
  detail::RowDropout& dropout() { return dropout_; }

  /// Of all nodes, users first, or of a batch's; the modalities in the dataset's order, then the fusion.
  struct Parts {
    std::vector<autograd::Var> filtered;  // y [I, d]
    std::vector<autograd::Var> views;     // V
    autograd::Var content;                // C
    autograd::Var side;
  };
  /// Dropout is applied to a batch only, by `seed`.
  Parts parts(autograd::Tape& tape, autograd::Var nodes, const detail::BatchNodes* batch, std::uint64_t seed);

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  /// A modality or the fusion.
  struct Part {
    std::string name;
    Parameter* filter;
    detail::LinearMap gate;
    detail::LinearMap preference;
    detail::LinearMap query;         // of modalities only
    detail::LinearMap query_values;  // of modalities only
  };
  void add_part(const std::string& name, const std::string& short_name, bool is_modality);
  std::vector<autograd::Var> filtered_features(autograd::Tape& tape);
  MatrixView<const float> mask(autograd::Tape& tape, const detail::BatchNodes& batch, std::size_t part,
                               std::uint64_t seed) const;

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  std::vector<detail::TrainedFeatures> features_;
  std::vector<Part> parts_;
  autograd::FourierMatrices fourier_;
  detail::NodeMatrix adjacency_;
  detail::ItemViews item_views_;
  std::vector<detail::NodeMatrix> item_graphs_;
  detail::RowDropout dropout_;
  std::vector<std::int32_t> all_items_;  // node of each item
};

}  // namespace monet::models
