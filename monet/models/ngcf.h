#pragma once

#include "monet/core/rng.h"
#include "monet/models/detail/adjacency.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <span>
#include <vector>

namespace monet::models {

/// NGCF (Wang et al., SIGIR 2019): id embeddings E^0 of users and items together, L layers of widths w_1 … w_L,
///
///   Z = S E^{l-1},  E^l = dropout(LeakyReLU(Z W_gᵀ + b_g) + LeakyReLU((E^{l-1} ⊙ Z) W_bᵀ + b_b)),
///
/// final = [E^0 ‖ normalise(E^1) ‖ … ‖ normalise(E^L)] (only the copy that is appended is divided by its norm), score
/// e_u·e_i, BPR. LeakyReLU has slope 0.01.
///
/// - `adjacency` row_self_loops: S = D⁻¹ (A + I), as in the published code; symmetric: S = D^(-1/2) A D^(-1/2) with the
///   paper's self term added for W_g alone, (S + I) E^{l-1} W_gᵀ. The rest (biases, one LeakyReLU for each of the two
///   terms, where the paper has no bias and one for their sum) stays as above.
/// - `regulariser` propagated: of the final rows of the batch (the published code); squared and norm: of E^0.
/// - `dropout`: of each layer's entries, in training only, drawn from Batch::seed.
///
/// Parameters: `user_embedding.weight` [U, d], `item_id_embedding.weight` [I, d] (rows of one block, users first),
/// Xavier-uniform; for each layer k `GC_Linear_list.k` (W_g) and `Bi_Linear_list.k` (W_b), `.weight` [w_{k+1}, w_k] and
/// `.bias`, w_0 = d, uniform in ±1/√w_k. The last layer of a step is computed for the batch's nodes only.
class Ngcf final : public Model {
 public:
  static constexpr std::string_view kName = "ngcf";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;                              // d
    std::vector<Index> layer_widths = {64, 64};  // w_1 … w_L
    Adjacency adjacency = Adjacency::row_self_loops;
    float dropout = 0.1F;
    float weight_decay = 1e-5F;  // λ
    Regulariser regulariser = Regulariser::propagated;
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  Ngcf(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return false; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  struct Layer {
    Parameter* gc_weight;
    Parameter* gc_bias;
    Parameter* bi_weight;
    Parameter* bi_bias;
  };

  /// Final embeddings [rows.size(), d + Σ w] of some nodes, or of all when `rows` is empty. Dropout with `seed` only.
  autograd::Var final_rows(autograd::Tape& tape, autograd::Var nodes, std::span<const std::int32_t> rows,
                           const std::uint64_t* seed);
  autograd::Var layer(autograd::Tape& tape, std::size_t k, autograd::Var self, autograd::Var neighbours,
                      const std::uint64_t* seed);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  std::vector<Layer> layers_;
  detail::NodeMatrix adjacency_;
};

}  // namespace monet::models
