#include "monet/models/popularity.h"

#include "monet/models/detail/checks.h"
#include "monet/models/detail/outputs.h"
#include "monet/models/detail/sizes.h"
#include "monet/models/registry.h"

namespace monet::models {

Popularity::Popularity(const Options& /*options*/, const data::Dataset& dataset, const graph::Bipartite& graph,
                       ThreadPool& /*pool*/)
    : graph_(&graph) {
  detail::require_same_shape(kName, dataset, graph);
}

Output Popularity::output(autograd::Tape& /*tape*/, Detail detail) {
  const auto filled = [](Index rows, float value) {
    Matrix<float> m(rows, 1);
    fill(m.view(), value);
    return m;
  };
  Output out;
  Matrix<float> counts(graph_->num_items(), 1);
  for (Index i = 0; i < counts.rows(); ++i) counts(i, 0) = static_cast<float>(graph_->item_users().degree(i));
  const auto& users = out.keep(filled(graph_->num_users(), 1.0F));
  const auto& items = out.keep(std::move(counts));
  detail::add_dot_scoring(out, users.view(), items.view(), *graph_);
  if (detail == Detail::artifact) {
    out.tensors = {{"item_foldin", out.keep(filled(graph_->num_items(), 0.0F)).view()},
                   {"user_foldin", out.keep(filled(1, 1.0F)).view()}};
  }
  return out;
}

const OptionSet<Popularity::Options>& Popularity::option_set() {
  static const OptionSet<Options> set;
  return set;
}

std::size_t Popularity::training_bytes(const Options& /*options*/, const data::Dataset& dataset) {
  return detail::tables_bytes(dataset, 1, 2);
}

const Registration& popularity_registration() {
  static const Registration entry =
      registration_of<Popularity>({"the most popular items for everybody", {}, {}, true, {Setting{}}});
  return entry;
}

}  // namespace monet::models
