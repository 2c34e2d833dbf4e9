#include "monet/models/ease.h"

#include "monet/core/matrix.h"
#include "monet/models/detail/checks.h"
#include "monet/models/detail/spd_inverse.h"
#include "monet/models/registry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace monet::models {

namespace {

std::size_t place(Index i) {
  return static_cast<std::size_t>(i);
}

/// Items with training interactions, in order, and the place of each item among them (-1 for the others).
struct WarmItems {
  explicit WarmItems(const graph::Bipartite& graph) : place_of(place(graph.num_items()), -1) {
    for (Index i = 0; i < graph.num_items(); ++i) {
      if (graph.item_users().degree(i) == 0) continue;
      place_of[place(i)] = static_cast<std::int32_t>(items.size());
      items.push_back(static_cast<std::int32_t>(i));
    }
  }
  Index size() const { return static_cast<Index>(items.size()); }
  std::vector<std::int32_t> items, place_of;
};

/// The lower triangle of RᵀR + λ I over the warm items; workers take turns, as popular items often lie side by side.
Matrix<double> ridge(ThreadPool& pool, const graph::Bipartite& graph, const WarmItems& warm, double lambda) {
  Matrix<double> gram(warm.size(), warm.size());
  pool.run([&](int worker) {
    for (Index a = worker; a < warm.size(); a += pool.size()) {
      double* row = gram.view().row(a);
      std::fill_n(row, a + 1, 0.0);
      const std::int32_t item = warm.items[place(a)];
      for (const std::int32_t user : graph.item_users().row(item)) {
        for (const std::int32_t other : graph.user_items().row(user)) {
          if (other > item) break;  // sorted
          row[warm.place_of[place(other)]] += 1.0;
        }
      }
      row[a] += lambda;
    }
  });
  return gram;
}

/// Row a of B, −P_ab / P_bb, from the lower triangle of −P; zero at a.
void weights_of(MatrixView<const double> negated, Index a, std::vector<float>& row) {
  for (Index b = 0; b < negated.rows; ++b) {
    const double value = b <= a ? negated(a, b) : negated(b, a);
    row[place(b)] = static_cast<float>(-value / negated(b, b));
  }
  row[place(a)] = 0.0F;
}

/// The places of the `count` weights that are largest in magnitude but for a's own, the lower first of equals; in
/// order.
void choose(const std::vector<float>& row, Index a, Index count, std::vector<std::int32_t>& places) {
  places.clear();
  for (Index b = 0; b < static_cast<Index>(row.size()); ++b) {
    if (b != a) places.push_back(static_cast<std::int32_t>(b));
  }
  if (count == static_cast<Index>(places.size())) return;
  std::nth_element(places.begin(), places.begin() + count, places.end(), [&](std::int32_t x, std::int32_t y) {
    const float of_x = std::abs(row[place(x)]);
    const float of_y = std::abs(row[place(y)]);
    return of_x != of_y ? of_x > of_y : x < y;
  });
  places.resize(place(count));
  std::sort(places.begin(), places.end());
}

}  // namespace

Ease::Ease(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)), graph_(&graph), pool_(&pool) {
  detail::require_same_shape(kName, dataset, graph);
}

detail::ItemSimilarity Ease::weights() const {
  const WarmItems warm(*graph_);
  Matrix<double> matrix = ridge(*pool_, *graph_, warm, options_.lambda);
  detail::invert_negated(*pool_, matrix.view());

  const Index all = std::max<Index>(warm.size() - 1, 0);
  const Index kept = options_.neighbours > 0 ? std::min(options_.neighbours, all) : all;
  std::vector<Index> indptr = {0};
  for (Index i = 0; i < graph_->num_items(); ++i) {
    indptr.push_back(indptr.back() + (warm.place_of[place(i)] < 0 ? 0 : kept));
  }
  std::vector<std::int32_t> indices(place(indptr.back()));
  detail::ItemSimilarity out;
  out.values.resize(indices.size());
  pool_->for_range(warm.size(), [&](Index begin, Index end, int /*worker*/) {
    std::vector<float> row(place(warm.size()));
    std::vector<std::int32_t> places;
    for (Index a = begin; a < end; ++a) {
      weights_of(matrix.view(), a, row);
      choose(row, a, kept, places);
      std::size_t entry = place(a * kept);
      for (const std::int32_t b : places) {
        indices[entry] = warm.items[place(b)];
        out.values[entry++] = row[place(b)];
      }
    }
  });
  out.pattern = Csr(graph_->num_items(), graph_->num_items(), std::move(indptr), std::move(indices));
  return out;
}

Output Ease::output(autograd::Tape& /*tape*/, Detail /*detail*/) {
  if (!similarity_) similarity_ = std::make_shared<const detail::ItemSimilarity>(weights());
  return detail::similarity_output(similarity_, *graph_);
}

const OptionSet<Ease::Options>& Ease::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    // Below the smallest the inverse is of rounding errors, where two items have the same users.
    constexpr double kSmallest = 1e-3;
    s.number("lambda", &Options::lambda, kSmallest, OptionInfo::kAny, "of the ridge: larger trusts rare items less");
    s.whole("neighbours", &Options::neighbours, 0, OptionInfo::kAny,
            "weights kept for each past item, the largest in magnitude; 0: all");
    return s;
  }();
  return set;
}

std::size_t Ease::training_bytes(const Options& options, const data::Dataset& dataset) {
  std::vector<bool> touched(place(dataset.num_items()), false);
  for (Index u = 0; u < dataset.train.rows(); ++u) {
    for (const std::int32_t i : dataset.train.row(u)) touched[place(i)] = true;
  }
  const auto warm = static_cast<std::size_t>(std::count(touched.begin(), touched.end(), true));
  const std::size_t kept = options.neighbours > 0 ? std::min(place(options.neighbours), warm) : warm;
  constexpr std::size_t kPanels = std::size_t{3} * 128;  // of the inverse
  return warm * (warm + kPanels) * sizeof(double) + warm * kept * (sizeof(std::int32_t) + sizeof(float)) +
         place(dataset.num_items()) * (sizeof(Index) + 2 * sizeof(std::int32_t));
}

const Registration& ease_registration() {
  static const Registration entry =
      registration_of<Ease>({"the item-item weights that restore users' rows best, in closed form",
                             {},
                             // Ours: the literature has no common ranges.
                             {{"lambda", {"50", "100", "200", "500", "1000", "2000"}}},
                             true,
                             {Setting{}, Setting{{"lambda", "100"}}}});
  return entry;
}

}  // namespace monet::models
