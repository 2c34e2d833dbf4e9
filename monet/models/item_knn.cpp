#include "monet/models/item_knn.h"

#include "monet/core/matrix.h"
#include "monet/graph/knn.h"
#include "monet/models/detail/checks.h"
#include "monet/models/registry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace monet::models {

namespace {
constexpr Index kContentNeighbours = 100;

/// Features of all modalities side by side [I, Σ d_m], each minus its mean and of length 1: the cosine of two rows is
/// the mean of the modalities' cosines (of those that both items have).
Matrix<float> unit_rows(const data::Dataset& dataset) {
  Index width = 0;
  for (const data::Modality& modality : dataset.modalities) width += modality.features.cols();
  Matrix<float> out(dataset.num_items(), width);
  Index begin = 0;
  for (const data::Modality& modality : dataset.modalities) {
    const Matrix<float>& features = modality.features;
    const MatrixView<float> part = out.view().columns(begin, features.cols());
    begin += features.cols();
    std::vector<double> mean(static_cast<std::size_t>(features.cols()), 0.0);
    for (Index i = 0; i < features.rows(); ++i) {
      for (Index c = 0; c < features.cols(); ++c)
        mean[static_cast<std::size_t>(c)] += static_cast<double>(features(i, c));
    }
    for (Index i = 0; i < features.rows(); ++i) {
      double square = 0.0;
      double before = 0.0;
      for (Index c = 0; c < features.cols(); ++c) {
        const double x = static_cast<double>(features(i, c)) -
                         mean[static_cast<std::size_t>(c)] / static_cast<double>(features.rows());
        part(i, c) = static_cast<float>(x);
        square += x * x;
        before += static_cast<double>(features(i, c)) * static_cast<double>(features(i, c));
      }
      // A row that was filled with the mean has no direction of its own.
      const float scale = square > 1e-10 * before ? static_cast<float>(1.0 / std::sqrt(square)) : 0.0F;
      for (Index c = 0; c < features.cols(); ++c) part(i, c) *= scale;
    }
  }
  return out;
}
}  // namespace

ItemKnn::ItemKnn(const Options& options, const data::Dataset& dataset, const graph::Bipartite& graph, ThreadPool& pool)
    : options_(option_set().checked(options, kName)), dataset_(&dataset), graph_(&graph), pool_(&pool) {
  detail::require_same_shape(kName, dataset, graph);
  if (options.content) detail::require_modalities("itemknn with content", dataset);
}

detail::ItemSimilarity ItemKnn::content_similarity() const {
  graph::KnnOptions knn;
  knn.neighbours = 1 + (options_.neighbours > 0 ? options_.neighbours : kContentNeighbours);  // and the item itself
  const graph::KnnGraph graph = graph::cosine_neighbours(*pool_, unit_rows(*dataset_), knn);
  std::vector<Index> indptr = {0};
  std::vector<std::int32_t> indices;
  detail::ItemSimilarity out;
  for (Index i = 0; i < graph.pattern.rows(); ++i) {
    auto entry = static_cast<std::size_t>(graph.pattern.indptr()[static_cast<std::size_t>(i)]);
    for (const std::int32_t j : graph.pattern.row(i)) {
      const float cosine = graph.similarities[entry++];
      if (j == i) continue;
      indices.push_back(j);
      out.values.push_back(cosine);
    }
    indptr.push_back(static_cast<Index>(indices.size()));
  }
  out.pattern = Csr(graph.pattern.rows(), graph.pattern.cols(), std::move(indptr), std::move(indices));
  return out;
}

Output ItemKnn::output(autograd::Tape& /*tape*/, Detail /*detail*/) {
  if (!similarity_ && options_.content) {
    similarity_ = std::make_shared<const detail::ItemSimilarity>(content_similarity());
  }
  if (!similarity_) {
    const std::vector<double> weights = detail::steps_from_users(*graph_, options_.user_exponent);
    std::vector<double> squares(static_cast<std::size_t>(graph_->num_items()), 0.0);  // of the columns' lengths
    for (Index i = 0; i < graph_->num_items(); ++i) {
      for (const std::int32_t user : graph_->item_users().row(i)) {
        squares[static_cast<std::size_t>(i)] += weights[static_cast<std::size_t>(user)];
      }
    }
    const auto shrunk_cosine = [&](Index i, Index j, double shared) {
      const double lengths = squares[static_cast<std::size_t>(i)] * squares[static_cast<std::size_t>(j)];
      return shared / (std::sqrt(lengths) + options_.shrink);
    };
    similarity_ = std::make_shared<const detail::ItemSimilarity>(
        detail::item_similarity(*pool_, *graph_, weights, shrunk_cosine, options_.neighbours));
  }
  return detail::similarity_output(similarity_, *graph_);
}

const OptionSet<ItemKnn::Options>& ItemKnn::option_set() {
  static const auto set = [] {
    OptionSet<Options> s;
    describe::neighbours(s, &Options::neighbours);
    s.number("shrink", &Options::shrink, 0, OptionInfo::kAny, "added to the denominator of the cosine");
    s.number("user-exponent", &Options::user_exponent, 0, detail::kLargestExponent,
             "users with n items count n to minus this; 0: all alike");
    s.toggle("content", &Options::content, "items are as similar as their features, not their users");
    return s;
  }();
  return set;
}

std::size_t ItemKnn::training_bytes(const Options& options, const data::Dataset& dataset) {
  const bool all = options.content && options.neighbours == 0;
  return detail::similarity_bytes(dataset, all ? kContentNeighbours : options.neighbours);
}

const Registration& item_knn_registration() {
  static const Registration entry = registration_of<ItemKnn>(
      {"items similar to a user's own, by the cosine of who touched them",
       {},
       // Ours: the literature has no common ranges.
       {{"neighbours", {"0", "50", "200"}}, {"shrink", {"0", "5", "20", "200"}}, {"user-exponent", {"0", "1"}}},
       true,
       {Setting{}, Setting{{"neighbours", "50"}, {"shrink", "5"}}}});
  return entry;
}

}  // namespace monet::models
