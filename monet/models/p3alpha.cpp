#include "monet/models/p3alpha.h"

#include "monet/models/detail/checks.h"
#include "monet/models/registry.h"

#include <cmath>

namespace monet::models {

P3Alpha::P3Alpha(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)), graph_(&graph), pool_(&pool) {
  detail::require_same_shape(kName, dataset, graph);
}

Output P3Alpha::output(autograd::Tape& /*tape*/, Detail /*detail*/) {
  if (!similarity_) {
    const auto likelihood = [&](Index i, Index /*j*/, double shared) {
      return shared / std::pow(static_cast<double>(graph_->item_users().degree(i)), options_.item_exponent);
    };
    similarity_ = std::make_shared<const detail::ItemSimilarity>(detail::item_similarity(
        *pool_, *graph_, detail::steps_from_users(*graph_, options_.user_exponent), likelihood, options_.neighbours));
  }
  return detail::similarity_output(similarity_, *graph_);
}

const OptionSet<P3Alpha::Options>& P3Alpha::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::neighbours(s, &Options::neighbours);
    s.number("item-exponent", &Options::item_exponent, 0, detail::kLargestExponent,
             "of the number of users of a past item; the paper's alpha is both exponents");
    s.number("user-exponent", &Options::user_exponent, 0, detail::kLargestExponent,
             "of the number of items of a user who shares it");
    return s;
  }();
  return set;
}

std::size_t P3Alpha::training_bytes(const Options& options, const data::Dataset& dataset) {
  return detail::similarity_bytes(dataset, options.neighbours);
}

const Registration& p3alpha_registration() {
  static const Registration entry = registration_of<P3Alpha>(
      {"where a random walk of three steps from a user ends",
       {},
       // Ours: the literature has no common ranges.
       {{"item-exponent", {"0", "0.25", "0.5", "0.75", "1"}}, {"user-exponent", {"0", "0.5", "1"}}},
       true,
       {Setting{{"item-exponent", "0.5"}}, Setting{}}});
  return entry;
}

}  // namespace monet::models
