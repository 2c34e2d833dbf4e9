#pragma once

#include "monet/models/detail/untrained.h"

namespace monet::models {

/// One list for everybody: the score of an item is its number of training interactions, as the product of embeddings of
/// width 1 (users 1, items their number).
class Popularity final : public detail::Untrained {
 public:
  static constexpr std::string_view kName = "popularity";
  static constexpr bool kTrained = false;
  struct Options {};

  /// All references must outlive the model.
  Popularity(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool);

  std::string_view name() const override { return kName; }
  /// A newcomer's embedding is 1, too, whatever the history: `user_foldin` [1, 1] is 1 and `item_foldin` [I, 1] zero.
  Output output(autograd::Tape& tape, Detail detail) override;

  static const OptionSet<Options>& option_set();
  static bool needs_features(const Options& /*options*/) { return false; }
  static void take_sizes(Options& /*options*/, const TensorShapes& /*parameters*/) {}
  static std::size_t training_bytes(const Options& options, const data::Dataset& dataset);

 private:
  const graph::Bipartite* graph_;
};

}  // namespace monet::models
