#include "monet/models/p3alpha.h"

#include "monet/models/detail/checks.h"
#include "monet/models/registry.h"

#include <array>

namespace monet::models {

P3Alpha::P3Alpha(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)), graph_(&graph), pool_(&pool) {
  detail::require_same_shape(kName, dataset, graph);
}

Output P3Alpha::output(autograd::Tape& /*tape*/, Detail /*detail*/) {
  if (!similarity_) {
    std::vector<double> step_from_user;  // 1 / n_u; users without items are met by no walk
    for (Index u = 0; u < graph_->num_users(); ++u) {
      step_from_user.push_back(1.0 / static_cast<double>(std::max<Index>(graph_->user_items().degree(u), 1)));
    }
    const auto likelihood = [&](Index i, Index /*j*/, double shared) {
      return shared / static_cast<double>(graph_->item_users().degree(i));
    };
    similarity_ = std::make_shared<const detail::ItemSimilarity>(
        detail::item_similarity(*pool_, *graph_, step_from_user, likelihood, options_.neighbours));
  }
  return detail::similarity_output(similarity_, *graph_);
}

const OptionSet<P3Alpha::Options>& P3Alpha::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::neighbours(s, &Options::neighbours);
    return s;
  }();
  return set;
}

std::size_t P3Alpha::training_bytes(const Options& options, const data::Dataset& dataset) {
  return detail::similarity_bytes(dataset, options.neighbours);
}

const Registration& p3alpha_registration() {
  static const Registration entry = registration_of<P3Alpha>({"where a random walk of three steps from a user ends",
                                                              {},
                                                              {{"neighbours", {"0", "20", "50", "100", "200"}}},
                                                              true});
  return entry;
}

}  // namespace monet::models
