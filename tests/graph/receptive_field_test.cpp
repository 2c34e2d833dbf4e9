#include "monet/graph/receptive_field.h"
#include "monet/core/error.h"
#include "monet/core/rng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace monet::graph {
namespace {

using Ids = std::vector<std::int32_t>;
using Set = std::set<std::int32_t>;

/// Long-tailed on both sides; some nodes have no edge.
Bipartite random_graph(Index users, Index items, Index edges, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (Index k = 0; k < edges; ++k) {
    const double u = rng.uniform();
    const double i = rng.uniform();
    pairs.emplace_back(static_cast<std::int32_t>(u * u * static_cast<double>(users)),
                       static_cast<std::int32_t>(i * i * static_cast<double>(items)));
  }
  return Bipartite(Csr::from_pairs(users, items, pairs));
}

Ids random_ids(std::size_t count, Index bound, std::uint64_t seed) {
  Rng rng(seed);
  Ids out(count);
  for (auto& id : out) id = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(bound)));
  return out;
}

/// One side at one layer by the definition. Without a value: all rows.
struct Expected {
  bool all = false;
  Set rows;
};

Index edges_of(const Csr& pattern, const Set& rows) {
  Index sum = 0;
  for (const std::int32_t r : rows) sum += pattern.degree(r);
  return sum;
}

/// The sets of every layer, users first, from the definition.
std::vector<std::pair<Expected, Expected>> brute_force(const Bipartite& graph, int layers, double dense_share,
                                                       const Ids& users, const Ids& items, bool with_histories) {
  const auto widen = [&](Expected& e, const Csr& pattern) {
    e.all = e.all || static_cast<double>(edges_of(pattern, e.rows)) > dense_share * static_cast<double>(pattern.nnz());
  };
  Expected u{false, Set(users.begin(), users.end())}, i{false, Set(items.begin(), items.end())};
  for (const std::int32_t user : users) {
    if (with_histories) i.rows.insert(graph.user_items().row(user).begin(), graph.user_items().row(user).end());
  }
  std::vector<std::pair<Expected, Expected>> out;
  for (int l = 0; l <= layers; ++l) {
    widen(u, graph.user_items());
    widen(i, graph.item_users());
    out.emplace_back(u, i);
    Expected next_u = u, next_i = i;
    next_u.all = next_i.all = u.all || i.all;
    for (const std::int32_t item : i.rows) {
      next_u.rows.insert(graph.item_users().row(item).begin(), graph.item_users().row(item).end());
    }
    for (const std::int32_t user : u.rows) {
      next_i.rows.insert(graph.user_items().row(user).begin(), graph.user_items().row(user).end());
    }
    u = next_u;
    i = next_i;
  }
  return out;
}

void expect_set(const RowSet& got, const Expected& want, Index size) {
  ASSERT_EQ(got.all, want.all);
  if (want.all) {
    EXPECT_EQ(got.count, size);
    return;
  }
  EXPECT_EQ(got.rows, Ids(want.rows.begin(), want.rows.end()));
  EXPECT_EQ(got.count, static_cast<Index>(want.rows.size()));
}

/// How many sets were listed rather than widened.
int expect_field(const ReceptiveField& field, const Bipartite& graph, double dense_share, const Ids& users,
                 const Ids& items, bool with_histories) {
  const auto want = brute_force(graph, field.layers(), dense_share, users, items, with_histories);
  int listed = 0;
  for (int l = 0; l <= field.layers(); ++l) {
    SCOPED_TRACE(::testing::Message() << "layer " << l << " of " << field.layers() << ", share " << dense_share);
    expect_set(field.users(l), want[static_cast<std::size_t>(l)].first, graph.num_users());
    expect_set(field.items(l), want[static_cast<std::size_t>(l)].second, graph.num_items());
    listed += (field.users(l).all ? 0 : 1) + (field.items(l).all ? 0 : 1);
  }
  return listed;
}

TEST(ReceptiveField, EqualsBruteForceAtEveryDepthAndThreshold) {
  const Bipartite graph = random_graph(300, 200, 700, 1);
  int listed = 0;
  int widened = 0;
  for (int layers = 0; layers <= 4; ++layers) {
    for (const double share : {0.0, 0.02, 0.3, 0.5, 0.9, 1.0}) {
      ReceptiveField field(graph, layers, share);
      EXPECT_EQ(field.layers(), layers);
      for (const bool with_histories : {false, true}) {
        // One field for many batches: nothing may stay from the one before.
        for (const std::size_t size : {20U, 1U, 3U}) {
          const Ids users = random_ids(size, 300, size + 10);
          const Ids items = random_ids(2 * size, 200, size + 20);
          field.build(users, items, with_histories);
          const int here = expect_field(field, graph, share, users, items, with_histories);
          listed += here;
          widened += 2 * (layers + 1) - here;
        }
      }
    }
  }
  EXPECT_GT(listed, 100);
  EXPECT_GT(widened, 100);
}

TEST(ReceptiveField, KeepsTheFirstSetsToAThresholdOfTheirOwn) {
  const Bipartite graph = random_graph(300, 200, 700, 1);
  for (const double share : {0.0, 0.3, 0.5}) {
    ReceptiveField listed(graph, 3, 1.0), usual(graph, 3, share), field(graph, 3, share, 1.0);
    for (const std::size_t size : {100U, 20U, 1U}) {
      const Ids users = random_ids(size, 300, size + 10);
      const Ids items = random_ids(2 * size, 200, size + 20);
      for (ReceptiveField* f : {&listed, &usual, &field}) f->build(users, items, false);
      EXPECT_EQ(field.users(0).rows, listed.users(0).rows);
      EXPECT_EQ(field.items(0).rows, listed.items(0).rows);
      EXPECT_FALSE(field.users(0).all || field.items(0).all);
      // A set that holds too many edges makes the next one hold too many.
      for (int l = 1; l <= 3; ++l) {
        EXPECT_EQ(field.users(l).all, usual.users(l).all);
        EXPECT_EQ(field.users(l).rows, usual.users(l).rows);
        EXPECT_EQ(field.items(l).all, usual.items(l).all);
        EXPECT_EQ(field.items(l).rows, usual.items(l).rows);
      }
    }
  }
}

TEST(ReceptiveField, GrowsFromLayerToLayer) {
  const Bipartite graph = random_graph(2000, 1500, 3000, 2);
  ReceptiveField field(graph, 3, 1.0);
  field.build(Ids{7, 1500}, Ids{3, 1400}, true);
  EXPECT_LT(field.users(0).count, field.users(2).count);
  EXPECT_LT(field.items(0).count, field.items(2).count);
  for (int l = 0; l < 3; ++l) {
    for (const auto& [inner, outer] :
         {std::pair{&field.users(l), &field.users(l + 1)}, {&field.items(l), &field.items(l + 1)}}) {
      ASSERT_FALSE(outer->all);
      EXPECT_TRUE(std::includes(outer->rows.begin(), outer->rows.end(), inner->rows.begin(), inner->rows.end()));
    }
  }
}

TEST(ReceptiveField, RepeatedIdsCountOnce) {
  const Bipartite graph = random_graph(300, 200, 700, 1);
  ReceptiveField once(graph, 2, 0.2), often(graph, 2, 0.2);
  const Ids users{250, 260, 270}, items{150, 199};
  Ids many_users, many_items;
  for (int n = 0; n < 40; ++n) {
    many_users.insert(many_users.end(), users.rbegin(), users.rend());
    many_items.insert(many_items.end(), items.begin(), items.end());
  }
  once.build(users, items, true);
  often.build(many_users, many_items, true);
  EXPECT_FALSE(once.users(0).all);
  for (int l = 0; l <= 2; ++l) {
    EXPECT_EQ(once.users(l).all, often.users(l).all);
    EXPECT_EQ(once.users(l).rows, often.users(l).rows);
    EXPECT_EQ(once.items(l).rows, often.items(l).rows);
  }
}

// Four users with 1, 2, 3 and 4 of the ten edges.
TEST(ReceptiveField, ASideIsWidenedOnceItsRowsHoldMoreThanTheShare) {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  std::int32_t item = 0;
  for (std::int32_t u = 0; u < 4; ++u) {
    for (std::int32_t n = 0; n <= u; ++n) pairs.emplace_back(u, item++);
  }
  const Bipartite graph(Csr::from_pairs(5, 11, pairs));
  const auto users_widened = [&](double share, const Ids& users) {
    ReceptiveField field(graph, 0, share);
    field.build(users, {}, false);
    EXPECT_FALSE(field.items(0).all);
    EXPECT_EQ(field.items(0).count, 0);
    return field.users(0).all;
  };
  EXPECT_FALSE(users_widened(0.5, Ids{1, 2}));    // 5 of 10: not more than half
  EXPECT_TRUE(users_widened(0.5, Ids{0, 1, 2}));  // 6 of 10
  EXPECT_TRUE(users_widened(0.5, Ids{3, 2}));
  EXPECT_FALSE(users_widened(1.0, Ids{0, 1, 2, 3, 4}));
  EXPECT_TRUE(users_widened(0.0, Ids{0}));
  EXPECT_FALSE(users_widened(0.0, Ids{4}));  // a user without edges carries none
}

TEST(ReceptiveField, HistoriesAreAskedForAndNodesWithoutEdgesStayAlone) {
  const Bipartite graph(Csr::from_pairs(3, 4, std::vector<std::pair<std::int32_t, std::int32_t>>{{0, 1}, {0, 2}}));
  ReceptiveField field(graph, 2, 1.0);
  field.build(Ids{0}, Ids{3}, false);
  EXPECT_THAT(field.items(0).rows, ::testing::ElementsAre(3));
  EXPECT_THAT(field.items(1).rows, ::testing::ElementsAre(1, 2, 3));
  field.build(Ids{0}, Ids{3}, true);
  EXPECT_THAT(field.items(0).rows, ::testing::ElementsAre(1, 2, 3));
  field.build(Ids{2}, Ids{3}, true);
  for (int l = 0; l <= 2; ++l) {
    EXPECT_THAT(field.users(l).rows, ::testing::ElementsAre(2));
    EXPECT_THAT(field.items(l).rows, ::testing::ElementsAre(3));
  }
  field.build({}, {}, true);
  EXPECT_EQ(field.users(2).count, 0);
  EXPECT_EQ(field.items(2).count, 0);
}

TEST(ReceptiveField, RefusesANegativeDepth) {
  const Bipartite graph = random_graph(3, 3, 4, 1);
  EXPECT_THROW(ReceptiveField(graph, -1), InvalidArgument);
}

}  // namespace
}  // namespace monet::graph
