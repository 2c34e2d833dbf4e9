#pragma once

#include "monet/core/rng.h"
#include "monet/models/detail/adjacency.h"
#include "monet/models/detail/trained_features.h"
#include "monet/models/model.h"
#include "monet/models/shared_options.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace monet::models {

/// FREEDOM (Zhou and Shen, MM 2023), as its published code computes it: LATTICE's graph of similar items frozen, and a
/// user-item graph that loses most of its edges in training, another sample each epoch. With G_m the graph of the k
/// nearest items by features, 1/k an entry (detail/knn_item_graphs.h), G = a G_image + (1 - a) G_others, S = D^(-1/2) A
/// D^(-1/2) of the kept edges and f_m = X'_m W_mᵀ + b_m:
///
///   [u ; c] = mean of E, S E, …, S^L E;   i = c + Gⁿ E_items;   score u·i
///   loss = BPR(u, i) + λ_m Σ_m BPR(u, f_m)
///
/// Of the E edges ⌊E (1 - ρ)⌋ are kept, drawn without replacement with chances in proportion to 1/√(d_u d_i); S has
/// their degrees. Outputs are of all edges, and so is a loss before any `begin_epoch`. Several modalities beside the
/// image share 1 - a equally; without an image all are weighed alike. LossParts::ranking holds all of the loss.
///
/// Parameters: `user_embedding.weight` [U, d] and `item_id_embedding.weight` [I, d] (rows of one block),
/// Xavier-uniform; X'_m, W_m, b_m as in detail/trained_features.h. b_m cancels in a difference of scores: it is kept
/// for what reads the parameters, and not trained.
class Freedom final : public Model {
 public:
  static constexpr std::string_view kName = "freedom";
  static constexpr bool kTrained = true;
  struct Options {
    Index dim = 64;                 // d
    int layers = 2;                 // L
    Index item_neighbours = 10;     // k
    int item_layers = 1;            // n
    float image_weight = 0.1F;      // a
    float edge_dropout = 0.8F;      // ρ
    float modality_weight = 1e-3F;  // λ_m
  };

  /// All references must outlive the model. Computes G. Throws DataError without modalities and InvalidArgument for an
  /// option outside its domain.
  Freedom(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  ParameterSet& parameters() override { return parameters_; }
  /// Draws the seed of the edges of all epochs, too.
  void initialise(Rng& rng) override;
  void begin_epoch(int epoch) override;
  std::vector<std::byte> state() const override;
  void restore(std::span<const std::byte> state) override;
  Loss loss(autograd::Tape& tape, const Batch& batch) override;
  /// `item_embedding.<modality>` [I, d]: f_m.
  Output output(autograd::Tape& tape, Detail detail) override;
  StepWork step_work(const Batch& batch) const override;

  /// G.
  const detail::NodeMatrix& item_graph() const { return item_graph_; }
  /// Goes on with these of the edges, which ascend: what `begin_epoch` does with a sample.
  void keep_edges(std::span<const Index> edges);

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return true; }
  static void take_sizes(Options& options, const TensorShapes& parameters);
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  Index kept_edges() const;
  autograd::Var item_layers(autograd::Tape& tape, autograd::Var items, int layers);
  autograd::Var modality_losses(autograd::Tape& tape, autograd::Var users, std::span<const std::int32_t> items,
                                const Batch& positions);

  Options options_;
  const graph::Bipartite* graph_;
  ParameterSet parameters_;
  Parameter* users_;
  Parameter* items_;
  std::vector<detail::TrainedFeatures> features_;
  detail::NodeMatrix all_edges_;
  detail::NodeMatrix item_graph_;
  std::vector<std::int32_t> all_items_;
  std::uint64_t seed_ = 0;  // of the edges of all epochs
  struct Kept {
    std::vector<Index> edges;
    graph::Bipartite graph;
    detail::NodeMatrix matrix;
  };
  std::optional<Kept> kept_;  // of this epoch; none before the first, or where nothing is left out
};

}  // namespace monet::models
