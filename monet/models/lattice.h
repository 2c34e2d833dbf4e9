#pragma once

#include "monet/models/detail/adjacency.h"
#include "monet/models/detail/item_graphs.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <span>
#include <vector>

namespace monet::models {

/// LATTICE (Zhang et al., MM 2021) with LightGCN for users and items, as its authors' code has it. With G the graph
/// over items of detail/item_graphs.h, of raw and of projected features Z_m = X'_m W_mᵀ + b_m:
///
///   h = Gⁿ E_items;   [u ; i] = mean of E, S E, …, S^L E with S = D⁻¹ (A + I);   item = i + h / ‖h‖;   score u·item
///
/// BPR with λ on the final rows of the batch. G is computed with its gradient in the first batch after `begin_epoch`
/// and is a constant in the batches that follow; then only the two id tables have a gradient, and what lies behind G
/// moves by its Adam moments alone (the published code under torch < 2). Before any `begin_epoch`, every batch computes
/// G. `output` takes G of the current parameters.
///
/// Parameters: `user_embedding.weight` [U, d] and `item_id_embedding.weight` [I, d] (rows of one block),
/// Xavier-uniform; for each modality `<modality>_embedding.weight` [I, d_m], starting at the raw features and trained,
/// `<modality>_trs.weight` [f, d_m] and `.bias` [f]; `modal_weight` [M], starting at 1/M.
class Lattice final : public Model {
 public:
  static constexpr std::string_view kName = "lattice";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;              // d
    int layers = 2;              // L
    Index item_neighbours = 10;  // k of the item-item graphs
    int item_layers = 1;         // n
    float lambda_coeff = 0.9F;   // share of the original graph
    Index projection_dim = 64;   // f
    float weight_decay = 1e-5F;  // λ
  };

  /// All references must outlive the model. Computes the graphs of the raw features. Throws DataError without
  /// modalities and InvalidArgument for an option outside its domain.
  Lattice(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  void initialise(Rng& rng) override;
  void begin_epoch(int epoch) override;
  std::vector<std::byte> state() const override;
  void restore(std::span<const std::byte> state) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, f]: Z_m.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  /// G of the current parameters. O(I² M f).
  detail::ItemMatrix item_graph(autograd::Tape& tape);

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  /// What a batch does about G: computes it, computes and keeps it, or takes the one that was kept.
  enum class GraphUse : std::uint8_t { every_batch, next_batch, kept };

  struct Modality {
    std::string name;
    MatrixView<const float> features;
    Parameter* table;
    Parameter* weight;
    Parameter* bias;
  };

  std::vector<autograd::Var> project(autograd::Tape& tape);
  detail::ItemGraphs::Mixed graph_with_gradient(autograd::Tape& tape, std::span<const autograd::Var> projected);
  autograd::Var propagated_items(autograd::Tape& tape, autograd::Var nodes, const detail::ItemGraphs::Mixed& graph,
                                 int layers);
  autograd::Var mean_of_layers(autograd::Tape& tape, autograd::Var nodes, std::span<const std::int32_t> rows);
  autograd::Var rows_by_new_graph(autograd::Tape& tape, autograd::Var nodes, std::span<const std::int32_t> items);
  autograd::Var rows_by_kept_graph(autograd::Tape& tape, autograd::Var nodes, std::span<const std::int32_t> items);
  void clear_graph_gradients();

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  std::vector<Modality> modalities_;
  Parameter* modal_weight_;
  detail::NodeMatrix rows_;
  detail::ItemGraphs item_graphs_;
  std::vector<std::int32_t> all_items_;  // node of each item
  GraphUse use_ = GraphUse::every_batch;
  detail::ItemMatrix kept_;
  bool graph_gradients_clear_ = false;
};

}  // namespace monet::models
