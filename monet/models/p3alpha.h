#pragma once

#include "monet/models/detail/cooccurrence.h"
#include "monet/models/detail/untrained.h"

#include <optional>

namespace monet::models {

/// P³α (Cooper et al., WWW 2014) with α = 1: where a walk of three steps from the user over the user–item graph ends.
/// With R the training interactions, n_i the users of item i and n_u the items of user u, a past item i leads to
/// candidate c with probability w_ic = Σ_u R_ui R_uc / (n_i n_u), that is W = D_i⁻¹ Rᵀ D_u⁻¹ R; w_ii = 0, and the score
/// of c is Σ_{i ∈ N_u} w_ic = x_u · W.
///
/// `neighbours` k > 0 keeps the k likeliest items after each past item (the rows of W), 0 all of them.
class P3Alpha final : public detail::Untrained {
 public:
  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  P3Alpha(const ModelOptions& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return "p3alpha"; }
  /// Computes the similarity the first time.
  Scoring scoring() override;

  static ModelSettings defaults() { return {}; }
  static std::span<const std::string_view> option_names();
  static std::size_t training_bytes(const ModelOptions& options, const data::Dataset& dataset);

 private:
  ModelOptions options_;
  const graph::Bipartite* graph_;
  ThreadPool* pool_;
  std::vector<float> popularity_;
  std::optional<detail::ItemSimilarity> similarity_;
};

}  // namespace monet::models
