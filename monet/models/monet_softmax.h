#pragma once

#include "monet/models/monet.h"

namespace monet::models {

/// MONET by the softmax over items: the options of Monet with other defaults. LightGCN's propagation, an id branch,
/// cosines at τ = 0.2, a bias of each item, no attention; trained on every interaction once an epoch, with a popularity
/// term chosen by validation.
class MonetSoftmax final : public Monet {
 public:
  static constexpr std::string_view kName = "monet-softmax";

  MonetSoftmax(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
      : Monet(options, dataset, graph, pool, kDenseShare, kName) {}

  static const OptionSet<Options>& option_set();
};

}  // namespace monet::models
