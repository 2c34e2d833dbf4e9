#pragma once

#include "monet/models/detail/cooccurrence.h"
#include "monet/models/detail/untrained.h"
#include "monet/models/shared_options.h"

#include <memory>

namespace monet::models {

/// EASE (Steck, WWW 2019): the linear item–item model that restores users' rows best, in closed form. With R the [U, I]
/// training interactions, P = (RᵀR + λ I)⁻¹ and B_ij = −P_ij / P_jj, B_jj = 0: column j is the ridge regression of item
/// j on all others. The score of c is Σ_{i ∈ N_u} B_ic = x_u · B. Weights may be negative: a past item may speak
/// against a candidate.
///
/// Items without training interactions have no weights: they are left out of the inverse, which is block-diagonal in
/// them. With n the other items, n³ operations in float64 on all threads and 16 n² bytes at the peak; B is kept with
/// 8 n² bytes, or 8 n k with `neighbours` k > 0, which keeps the k weights of each past item (the rows of B) that are
/// largest in magnitude.
class Ease final : public detail::Untrained {
 public:
  static constexpr std::string_view kName = "ease";
  static constexpr bool kTrained = false;
  struct Options {
    double lambda = 500.0;  // of the ridge
    Index neighbours = 0;   // weights kept for each past item; 0: all
  };

  /// All references must outlive the model. Throws InvalidArgument for an option outside its domain.
  Ease(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  /// Computes the weights the first time. Throws DataError where λ is too small for the inverse.
  Output output(autograd::Tape& tape, Detail detail) override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return false; }
  static void take_sizes(Options& /*options*/, const TensorShapes& /*parameters*/) {}
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  detail::ItemSimilarity weights() const;

  Options options_;
  const graph::Bipartite* graph_;
  ThreadPool* pool_;
  std::shared_ptr<const detail::ItemSimilarity> similarity_;
};

}  // namespace monet::models
