#include "monet/core/growing.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <vector>

namespace monet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Growing, TheShorterOnesStayAsTheyAre) {
  const std::vector<int> own{1, 2};
  const Growing<int> view(own);
  EXPECT_EQ(view.values().data(), own.data());
  const Growing<int> longer = view.with(std::vector{3});
  const Growing<int> longest = longer.with(std::vector{4, 5});
  EXPECT_THAT(view.values(), ElementsAre(1, 2));
  EXPECT_THAT(longer.values(), ElementsAre(1, 2, 3));
  EXPECT_THAT(longest.values(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(longer.values().data(), longest.values().data()) << "in the same memory";
}

TEST(Growing, TwoThatGrowFromTheSameShareNothingNew) {
  const Growing<int> base = Growing<int>::copy_of(std::vector{1});
  const Growing<int> left = base.with(std::vector{2});
  const Growing<int> right = base.with(std::vector{3});
  EXPECT_THAT(left.values(), ElementsAre(1, 2));
  EXPECT_THAT(right.values(), ElementsAre(1, 3));
  EXPECT_THAT(right.with(std::vector{4}).values(), ElementsAre(1, 3, 4));
}

TEST(Growing, BeyondItsSpareRoomAndFromNothing) {
  EXPECT_THAT(Growing<int>().values(), IsEmpty());
  Growing<std::int64_t> now;
  for (std::int64_t n = 0; n < 5000; ++n) now = now.with(std::vector{n});
  ASSERT_EQ(now.size(), 5000U);
  for (std::int64_t n = 0; n < 5000; ++n) ASSERT_EQ(now.values()[static_cast<std::size_t>(n)], n);
}

}  // namespace
}  // namespace monet
