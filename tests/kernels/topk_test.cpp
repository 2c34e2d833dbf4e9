#include "monet/kernels/topk.h"

#include "monet/core/matrix.h"
#include "monet/core/rng.h"
#include "monet/rank/detail/top_lists.h"
#include "tests/kernels/every_target.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace monet {
namespace {

TEST(FindAbove, ListsColumnsStrictlyAboveTheThreshold) {
  monet::testing::on_every_target([] {
    Rng rng(3);
    for (const Index cols : {1, 3, 15, 16, 17, 63, 64, 65, 200}) {
      Matrix<float> memory(4, cols + 7);
      for (Index i = 0; i < memory.size(); ++i) memory.data()[i] = static_cast<float>(rng.below(8));
      const MatrixView<const float> scores = memory.view().columns(5, cols);
      const std::vector<float> thresholds = {-std::numeric_limits<float>::infinity(), 3.0F, 100.0F, 6.0F};
      std::vector<std::int32_t> columns(static_cast<std::size_t>(4 * cols + kernels::kFindAboveSlack));
      std::vector<Index> ends(4);
      const Index found = kernels::find_above(scores, thresholds.data(), columns.data(), ends.data());
      std::vector<std::int32_t> expected;
      for (Index r = 0; r < 4; ++r) {
        for (Index c = 0; c < cols; ++c) {
          if (scores(r, c) > thresholds[static_cast<std::size_t>(r)]) expected.push_back(static_cast<std::int32_t>(c));
        }
        EXPECT_EQ(ends[static_cast<std::size_t>(r)], static_cast<Index>(expected.size()));
      }
      columns.resize(static_cast<std::size_t>(found));
      EXPECT_EQ(columns, expected);
    }
  });
}

TEST(Key, OrdersByScoreThenItem) {
  using rank::detail::make_key;
  const std::vector<float> ascending = {-std::numeric_limits<float>::max(), -2.5F, -1e-40F, 0.0F, 1e-40F, 0.5F, 1e30F};
  for (std::size_t i = 0; i + 1 < ascending.size(); ++i)
    EXPECT_LT(make_key(ascending[i], 0), make_key(ascending[i + 1], 9));
  EXPECT_GT(make_key(1.0F, 3), make_key(1.0F, 4));
  EXPECT_EQ(make_key(-0.0F, 3), make_key(0.0F, 3));
  for (const float score : ascending) EXPECT_EQ(rank::detail::key_score(make_key(score, 77)), score);
  EXPECT_EQ(rank::detail::key_item(make_key(-3.0F, 2147483646)), 2147483646);
}

}  // namespace
}  // namespace monet
