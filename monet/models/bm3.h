#pragma once

#include "monet/autograd/ops/propagate.h"
#include "monet/models/detail/linear_map.h"
#include "monet/models/detail/row_dropout.h"
#include "monet/models/detail/trained_features.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <span>
#include <vector>

namespace monet::models {

/// BM3 (Zhou et al., WWW 2023), as its published code computes it: no negatives; what is predicted from a user is to
/// point where the item does, and the other way round. With [u ; c] = mean of E, S E, …, S^L E, S = D^(-1/2) A
/// D^(-1/2), i = c + E_items, f_m = X'_m W_mᵀ + b_m, the predictor Q(x) = W_Q x + b_Q, the targets x̄ = dropout(x),
/// which are constants, and dist(a, b) = mean over the batch of 1 - cos(a, b):
///
///   loss = dist(Q(u), ī) + dist(Q(i), ū) + λ_c Σ_m [dist(Q(f_m), ī) + dist(Q(f_m), f̄_m)] + λ (‖u‖_F + ‖i‖_F) / I
///
/// with the un-squared norms of all users and all items. Score Q(u)·Q(i). A target that dropout cleared has no cosine:
/// its term is left out. LossParts::ranking holds all but the last term. A batch's negatives are not read.
///
/// Parameters: `user_embedding.weight` [U, d] and `item_id_embedding.weight` [I, d], Xavier-uniform;
/// `predictor.weight` [d, d], Xavier-normal, and `.bias` [d], uniform in ±1/√d; X'_m, W_m (Xavier-normal), b_m as in
/// detail/trained_features.h.
class Bm3 final : public Model {
 public:
  static constexpr std::string_view kName = "bm3";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;  // d
    int layers = 1;  // L
    float target_dropout = 0.3F;
    float contrastive_weight = 2.0F;  // λ_c
    float weight_decay = 0.1F;        // λ
  };

  /// All references must outlive the model. Throws DataError without modalities and InvalidArgument for an option
  /// outside its domain.
  Bm3(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, d]: f_m.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  /// The masks of the targets: users, items, then the modalities in the dataset's order.
  detail::RowDropout& dropout() { return dropout_; }

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  autograd::Embeddings online(autograd::Tape& tape, autograd::Var users, autograd::Var items);
  MatrixView<const float> target(autograd::Tape& tape, autograd::Var rows, std::span<const std::int32_t> ids,
                                 std::size_t table, std::uint64_t seed);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  detail::LinearMap predictor_;
  std::vector<detail::TrainedFeatures> features_;
  detail::RowDropout dropout_;
};

}  // namespace monet::models
