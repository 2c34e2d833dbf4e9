#include "monet/graph/bipartite.h"

#include <gmock/gmock.h>

#include <cmath>
#include <utility>
#include <vector>

namespace monet::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Pair = std::pair<std::int32_t, std::int32_t>;

// Users 0..3, items 0..3: user 2 and item 3 have no edges.
Bipartite small_graph() {
  const std::vector<Pair> pairs{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {3, 1}, {3, 2}};
  return Bipartite(Csr::from_pairs(4, 4, pairs));
}

TEST(Bipartite, HoldsBothDirections) {
  const Bipartite graph = small_graph();
  EXPECT_EQ(graph.num_users(), 4);
  EXPECT_EQ(graph.num_items(), 4);
  EXPECT_EQ(graph.num_edges(), 6);
  EXPECT_THAT(graph.user_items().row(0), ElementsAre(0, 1, 2));
  EXPECT_THAT(graph.user_items().row(2), IsEmpty());
  EXPECT_THAT(graph.item_users().row(1), ElementsAre(0, 1, 3));
  EXPECT_THAT(graph.item_users().row(3), IsEmpty());
}

TEST(Bipartite, WeightsAreOneOverTheRootOfBothDegrees) {
  const Bipartite graph = small_graph();
  const float three_one = 1.0F / std::sqrt(3.0F);
  const float three_three = 1.0F / 3.0F;
  const float three_two = 1.0F / std::sqrt(6.0F);
  const float two_three = 1.0F / std::sqrt(6.0F);
  const float two_two = 0.5F;
  // Users: degrees 3, 1, 0, 2. Items: degrees 1, 3, 2, 0. In the order of user_items().indices().
  EXPECT_THAT(graph.user_item_weights(),
              ::testing::Pointwise(::testing::FloatEq(), std::vector<float>{three_one, three_three, three_two,
                                                                            three_one, two_three, two_two}));
  // In the order of item_users().indices(): (0,0) (1,0) (1,1) (1,3) (2,0) (2,3).
  EXPECT_THAT(graph.item_user_weights(),
              ::testing::Pointwise(::testing::FloatEq(), std::vector<float>{three_one, three_three, three_one,
                                                                            two_three, three_two, two_two}));
}

TEST(Bipartite, AGraphWithoutEdgesIsLegal) {
  const Bipartite graph(Csr(3, 2));
  EXPECT_EQ(graph.num_edges(), 0);
  EXPECT_EQ(graph.item_users().rows(), 2);
  EXPECT_THAT(graph.user_item_weights(), IsEmpty());
}

}  // namespace
}  // namespace monet::graph
