// What models over graphs of similar items share.
#include "monet/core/error.h"
#include "monet/models/detail/item_views.h"
#include "monet/models/detail/knn_item_graphs.h"
#include "monet/models/detail/row_dropout.h"
#include "monet/models/registry.h"
#include "tests/models/tiny.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace monet::models::testing {
namespace {

using Entries = std::map<std::pair<Index, Index>, double>;

Entries entries_of_graph(const detail::NodeMatrix& graph) {
  Entries out;
  Index k = 0;
  for (Index r = 0; r < graph.pattern->rows(); ++r) {
    for (const std::int32_t c : graph.pattern->csr.row(r)) out[{r, c}] = static_cast<double>(graph.values(k++, 0));
  }
  return out;
}

/// Four items in the plane at 0, 30, 90 and 180 degrees.
Matrix<float> plane() {
  Matrix<float> x(4, 2);
  const double degrees[] = {0.0, 30.0, 90.0, 180.0};
  for (Index r = 0; r < 4; ++r) {
    const double angle = degrees[r] * std::acos(-1.0) / 180.0;
    x(r, 0) = static_cast<float>(2.0 * std::cos(angle));
    x(r, 1) = static_cast<float>(2.0 * std::sin(angle));
  }
  return x;
}

TEST(KnnItemGraph, WeighsNeighboursAlikeOrByTheirCosine) {
  ThreadPool pool(1);
  const Matrix<float> x = plane();
  // Item 3 has no second neighbour but 2, at a cosine of 0 (rounded to either side).
  const Entries equal = entries_of_graph(detail::knn_item_graph(pool, x.view(), 2, detail::NeighbourWeight::equal));
  ASSERT_EQ(equal.size(), 8U);
  for (const auto& [place, value] : equal) EXPECT_DOUBLE_EQ(value, 0.5) << place.first << ", " << place.second;
  EXPECT_TRUE(equal.contains({3, 2}));
  EXPECT_FALSE(equal.contains({2, 3}));  // 1 is nearer to 2: the graph is not symmetric

  const Entries cosine = entries_of_graph(detail::knn_item_graph(pool, x.view(), 2, detail::NeighbourWeight::cosine));
  const double near = std::sqrt(3.0) / 2.0;  // of 0 and 1
  const double far = 0.5;                    // of 1 and 2
  EXPECT_NEAR(cosine.at({0, 0}), 1.0 / (1.0 + near), 1e-6);
  EXPECT_NEAR(cosine.at({0, 1}), near / (1.0 + near), 1e-6);
  EXPECT_NEAR(cosine.at({2, 1}), far / std::sqrt((1.0 + far) * (1.0 + near)), 1e-6);
  EXPECT_NEAR(cosine.at({2, 2}), 1.0 / (1.0 + far), 1e-6);
}

TEST(KnnItemGraph, MergesOnTheUnion) {
  ThreadPool pool(1);
  const Matrix<float> x = plane();
  std::vector<detail::NodeMatrix> graphs;
  graphs.push_back(detail::knn_item_graph(pool, x.view(), 1, detail::NeighbourWeight::equal));
  graphs.push_back(detail::knn_item_graph(pool, x.view(), 2, detail::NeighbourWeight::equal));
  const std::array weights{0.25F, 0.5F};
  const Entries sum = entries_of_graph(detail::weighted_union(graphs, weights));
  const auto merged = detail::largest_union(graphs);
  const Entries largest = entries_of_graph(merged);
  ASSERT_EQ(sum.size(), 8U);
  ASSERT_EQ(largest.size(), 8U);
  for (Index r = 0; r < 4; ++r) {
    EXPECT_FLOAT_EQ(static_cast<float>(sum.at({r, r})), 0.25F * 1.0F + 0.5F * 0.5F);
    EXPECT_EQ(largest.at({r, r}), 1.0);
  }
  EXPECT_FLOAT_EQ(static_cast<float>(sum.at({3, 2})), 0.25F);
  EXPECT_EQ(largest.at({3, 2}), 0.5);
  for (Index k = 0; k < 8; ++k) {
    EXPECT_EQ(merged.transposed(k, 0), merged.values(merged.pattern->permutation[static_cast<std::size_t>(k)], 0));
  }
  EXPECT_THROW(detail::largest_union({}), InvalidArgument);
}

TEST(RowDropout, DropsTheShareAndTheSameOfARow) {
  const detail::RowDropout dropout(0.3F);
  EXPECT_TRUE(dropout.active());
  EXPECT_FALSE(detail::RowDropout(0.0F).active());
  constexpr Index kRows = 400;
  std::vector<float> row(33), again(33), other(33);
  double dropped = 0.0;
  for (Index r = 0; r < kRows; ++r) {
    dropout.mask(9, 1, r, row);
    dropout.mask(9, 1, r, again);
    EXPECT_EQ(row, again);
    for (const float m : row) {
      EXPECT_TRUE(m == 0.0F || m == 1.0F / 0.7F) << m;
      dropped += m == 0.0F ? 1.0 : 0.0;
    }
  }
  // Four standard deviations of a count.
  const double count = 33.0 * kRows;
  EXPECT_NEAR(dropped, 0.3 * count, 4.0 * std::sqrt(0.21 * count));
  dropout.mask(9, 2, kRows - 1, other);
  EXPECT_NE(row, other);
  dropout.mask(10, 1, kRows - 1, other);
  EXPECT_NE(row, other);
}

TEST(RowDropout, TakesGivenMasks) {
  detail::RowDropout dropout(0.5F);
  std::vector<Matrix<float>> masks;
  masks.push_back(Matrix<float>::zeros(2, 3));
  masks[0](1, 2) = 1.0F;
  dropout.take(std::move(masks));
  std::vector<float> row(3, 9.0F);
  dropout.mask(1, 0, 1, row);
  EXPECT_EQ(row, (std::vector<float>{0.0F, 0.0F, 2.0F}));
}

/// The step's seed decides on dropout, and nothing else does.
TEST(Dropout, FollowsTheSeedOfTheStep) {
  const data::Dataset dataset = tiny_dataset();
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  for (const auto& [model, option] : {std::pair{"bm3", "target-dropout"}, {"smore", "gate-dropout"}}) {
    const auto subject = make_model(ModelOptions(model, {{"dim", 4}, {option, 0.4}}), dataset, graph, pool);
    Rng rng(5);
    subject->initialise(rng);
    autograd::Tape tape(pool);
    const TinyBatch tiny = tiny_batch(dataset, 6);
    const auto loss = [&](std::uint64_t seed) {
      Batch batch = tiny;
      batch.seed = seed;
      return compute_gradients(tape, *subject, batch).total;
    };
    const double one = loss(1);
    EXPECT_NE(one, loss(2)) << model;
    EXPECT_EQ(one, loss(1)) << model;
  }
}

TEST(Fusion, RefusesAModalityWithItsName) {
  const data::Dataset dataset = tiny_dataset(7, 9, 3, {{"audio", 3}, {"fusion", 4}});
  const graph::Bipartite graph(dataset.train);
  ThreadPool pool(1);
  try {
    make_model(ModelOptions("smore"), dataset, graph, pool);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "[smore] a modality called fusion would be taken for the fusion; rename it");
  }
}

/// Any number of modalities: one and three.
TEST(SimilarItems, TakeAnyNumberOfModalities) {
  for (const auto& modalities :
       {std::vector<std::pair<std::string, Index>>{{"image", 4}}, {{"audio", 3}, {"image", 4}, {"text", 5}}}) {
    const data::Dataset dataset = tiny_dataset(7, 9, 3, modalities);
    const graph::Bipartite graph(dataset.train);
    ThreadPool pool(1);
    for (const char* model : {"freedom", "bm3", "mgcn", "smore"}) {
      const auto subject = make_model(ModelOptions(model, {{"dim", 4}}), dataset, graph, pool);
      Rng rng(5);
      subject->initialise(rng);
      autograd::Tape tape(pool);
      const double loss = compute_gradients(tape, *subject, tiny_batch(dataset, 6)).total;
      EXPECT_TRUE(std::isfinite(loss)) << model;
      const Output output = compute_output(tape, *subject, Detail::artifact);
      const std::size_t extra = std::string_view(model) == "smore" ? 1 : 0;
      EXPECT_EQ(output.tensors.size(), modalities.size() + extra) << model;
    }
  }
}

}  // namespace
}  // namespace monet::models::testing
