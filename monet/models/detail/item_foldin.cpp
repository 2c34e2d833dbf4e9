#include "monet/models/detail/item_foldin.h"

#include "monet/autograd/ops/detail/support.h"

#include <algorithm>
#include <cmath>

namespace monet::models::detail {

using autograd::Propagation;
using autograd::Var;

std::optional<Var> item_foldin(autograd::Tape& tape, const graph::Bipartite& graph, Var users, Var items,
                               const autograd::PropagateOptions& options) {
  const bool lightgcn = options.kind == Propagation::lightgcn;
  const int layers = options.layers;
  if (!lightgcn && options.normalize_self && layers > 1 && options.alpha != 0.0F) return std::nullopt;

  const Var foldin = tape.make(graph.num_items(), tape.cols(items), {});
  const auto out = tape.mutable_value(foldin);
  fill(out, 0.0F);
  // One layer at a time: LightGCN's layers are MeGCN's without a self-connection.
  autograd::PropagateOptions single = options;
  single.kind = Propagation::megcn;
  single.layers = 1;
  if (lightgcn) single.alpha = 0.0F;
  autograd::Embeddings layer{users, items};
  for (int l = 0; l < layers; ++l) {
    if (l > 0) layer = autograd::propagate(tape, graph, layer.users, layer.items, single, nullptr);
    const double share = lightgcn ? 1.0 / (layers + 1) : std::pow(static_cast<double>(options.alpha), layers - 1 - l);
    const auto value = tape.value(layer.items);
    autograd::detail::for_rows(tape, out.rows, 2 * out.cols, [&](Index i) {
      const auto degree = static_cast<double>(std::max<Index>(graph.item_users().degree(i), 1));
      autograd::detail::axpy(static_cast<float>(share / std::sqrt(degree)), value.row(i), out.cols, out.row(i));
    });
  }
  return foldin;
}

}  // namespace monet::models::detail
