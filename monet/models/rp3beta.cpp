#include "monet/models/rp3beta.h"

#include "monet/models/detail/checks.h"
#include "monet/models/registry.h"

#include <cmath>
#include <vector>

namespace monet::models {

Rp3Beta::Rp3Beta(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)), graph_(&graph), pool_(&pool) {
  detail::require_same_shape(kName, dataset, graph);
}

Output Rp3Beta::output(autograd::Tape& /*tape*/, Detail /*detail*/) {
  if (!similarity_) {
    std::vector<double> from, penalty;  // n_i^α and n_i^β of each item
    for (Index i = 0; i < graph_->num_items(); ++i) {
      const auto users = static_cast<double>(graph_->item_users().degree(i));
      from.push_back(std::pow(users, options_.alpha));
      penalty.push_back(std::pow(users, options_.beta));
    }
    const auto weight = [&](Index i, Index j, double shared) {
      return shared / (from[static_cast<std::size_t>(i)] * penalty[static_cast<std::size_t>(j)]);
    };
    similarity_ = std::make_shared<const detail::ItemSimilarity>(detail::item_similarity(
        *pool_, *graph_, detail::steps_from_users(*graph_, options_.alpha), weight, options_.neighbours));
  }
  return detail::similarity_output(similarity_, *graph_);
}

const OptionSet<Rp3Beta::Options>& Rp3Beta::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::neighbours(s, &Options::neighbours);
    s.number("alpha", &Options::alpha, 0, detail::kLargestExponent, "exponent of the walk's probabilities");
    s.number("beta", &Options::beta, 0, detail::kLargestExponent, "exponent of the candidate's number of users");
    return s;
  }();
  return set;
}

std::size_t Rp3Beta::training_bytes(const Options& options, const data::Dataset& dataset) {
  return detail::similarity_bytes(dataset, options.neighbours);
}

const Registration& rp3beta_registration() {
  static const Registration entry =
      registration_of<Rp3Beta>({"a random walk of three steps, with popular items weighed down",
                                {},
                                // Ours: the literature has no common ranges.
                                {{"alpha", {"0.5", "0.75", "1"}}, {"beta", {"0", "0.2", "0.4", "0.6", "0.8"}}},
                                true,
                                {Setting{}, Setting{{"beta", "0.2"}}}});
  return entry;
}

}  // namespace monet::models
