#include "monet/models/freedom.h"

#include "monet/core/error.h"
#include "monet/models/detail/edge_sample.h"
#include "tests/models/tiny.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

namespace monet::models::testing {
namespace {

struct FreedomSubject {
  explicit FreedomSubject(std::vector<std::pair<std::string, Index>> modalities = {{"audio", 3}, {"text", 5}})
      : dataset(tiny_dataset(40, 30, 6, std::move(modalities))),
        graph(dataset.train),
        pool(1),
        tape(pool),
        model({.dim = 4, .item_neighbours = 3, .edge_dropout = 0.6F}, dataset, graph, pool) {
    Rng rng(5);
    model.initialise(rng);
  }
  double loss() { return compute_gradients(tape, model, tiny_batch(dataset, 6)).total; }

  data::Dataset dataset;
  graph::Bipartite graph;
  ThreadPool pool;
  autograd::Tape tape;
  Freedom model;
};

TEST(EdgeSample, DrawsInProportionToTheWeights) {
  Rng rng(3);
  const std::array weights{1.0F, 2.0F, 5.0F};
  std::array<int, 3> drawn{};
  constexpr int kTimes = 8000;
  for (int t = 0; t < kTimes; ++t) {
    const auto one = detail::draw_without_replacement(weights, 1, rng);
    ASSERT_EQ(one.size(), 1U);
    ++drawn[static_cast<std::size_t>(one[0])];
  }
  // Four standard deviations of a count.
  for (std::size_t k = 0; k < 3; ++k) {
    const double share = static_cast<double>(weights[k]) / 8.0;
    EXPECT_NEAR(drawn[k], kTimes * share, 4.0 * std::sqrt(kTimes * share * (1.0 - share))) << k;
  }
  EXPECT_EQ(detail::draw_without_replacement(weights, 3, rng), (std::vector<Index>{0, 1, 2}));
  EXPECT_TRUE(detail::draw_without_replacement(weights, 0, rng).empty());
}

TEST(EdgeSample, TakesEntriesOutOfAPattern) {
  const Csr pattern(3, 4, {0, 2, 2, 5}, {1, 3, 0, 1, 2});
  const Csr some = detail::with_entries(pattern, std::array<Index, 3>{0, 3, 4});
  EXPECT_EQ(std::vector<Index>(some.indptr().begin(), some.indptr().end()), (std::vector<Index>{0, 1, 1, 3}));
  EXPECT_EQ(std::vector<std::int32_t>(some.indices().begin(), some.indices().end()),
            (std::vector<std::int32_t>{1, 1, 2}));
}

TEST(Freedom, EachEpochKeepsOtherEdgesAndAResumedOneTheSame) {
  FreedomSubject one;
  const double all = one.loss();
  one.model.begin_epoch(0);
  const auto first_state = one.model.state();
  const double first = one.loss();
  EXPECT_NE(first, all);
  one.model.begin_epoch(1);
  const double second = one.loss();
  EXPECT_NE(second, first);

  FreedomSubject two;
  Rng other(77);
  two.model.initialise(other);
  for (std::size_t p = 0; p < one.model.parameters().parameters().size(); ++p) {
    copy<float>(one.model.parameters().parameters()[p].value, two.model.parameters().parameters()[p].value);
  }
  two.model.restore(first_state);
  EXPECT_EQ(two.loss(), first);
  EXPECT_EQ(two.model.state(), first_state);
  two.model.begin_epoch(1);
  EXPECT_EQ(two.loss(), second);
}

TEST(Freedom, RefusesAStateThatIsNotItsOwn) {
  FreedomSubject subject;
  subject.model.begin_epoch(0);
  auto state = subject.model.state();
  EXPECT_THROW(subject.model.restore({}), DataError);
  EXPECT_THROW(subject.model.restore(std::span(state).first(state.size() - 1)), DataError);
  state.back() = std::byte{0};
  state[state.size() - 2] = std::byte{0};
  state[state.size() - 3] = std::byte{0};
  EXPECT_THROW(subject.model.restore(state), DataError);
}

/// Of the diagonal: each graph has its own share there, a k-th.
TEST(Freedom, SharesTheGraphAmongItsModalities) {
  for (const auto& [names, entry] : {std::pair{std::vector<std::string>{"audio", "text"}, 1.0},
                                     {{"image"}, 1.0},
                                     {{"audio", "image", "text"}, 1.0}}) {
    std::vector<std::pair<std::string, Index>> modalities;
    for (const std::string& name : names) modalities.emplace_back(name, 4);
    FreedomSubject subject(modalities);
    const auto& graph = subject.model.item_graph();
    Index k = 0;
    for (Index i = 0; i < 30; ++i) {
      double sum = 0.0;
      for (Index n = graph.pattern->csr.degree(i); n > 0; --n) sum += static_cast<double>(graph.values(k++, 0));
      EXPECT_NEAR(sum, entry, 1e-6);  // shares that sum to 1, of rows that do
    }
  }
}

}  // namespace
}  // namespace monet::models::testing
