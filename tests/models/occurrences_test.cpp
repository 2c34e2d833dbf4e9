#include "monet/models/detail/occurrences.h"

#include "monet/core/rng.h"
#include "monet/core/view.h"

#include <gmock/gmock.h>

#include <map>

namespace monet::models::detail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Occurrences, OnBothSidesOfAWord) {
  const Occurrences some(std::vector<std::int32_t>{64, 0, 63, 64, 128, 63, 64});
  EXPECT_THAT(some.rows, ElementsAre(0, 63, 64, 128));
  EXPECT_THAT(some.counts, ElementsAre(1, 2, 3, 1));
  EXPECT_THAT(some.places, ElementsAre(2, 0, 1, 2, 3, 1, 2));
}

TEST(Occurrences, OfNothing) {
  const Occurrences none(std::vector<std::int32_t>{});
  EXPECT_THAT(none.rows, IsEmpty());
  EXPECT_THAT(none.counts, IsEmpty());
  EXPECT_THAT(none.places, IsEmpty());
}

TEST(Occurrences, OfManyIdsAreThoseThatAMapCounts) {
  Rng rng(1);
  for (const Index ids : {1, 50, 700, 1'000'000}) {
    std::vector<std::int32_t> drawn;
    std::map<std::int32_t, float> counts;
    for (int n = 0; n < 500; ++n) {
      drawn.push_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(ids))));
      counts[drawn.back()] += 1.0F;
    }
    const Occurrences got(drawn);
    ASSERT_EQ(got.rows.size(), counts.size());
    ASSERT_EQ(got.counts.size(), counts.size());
    ASSERT_EQ(got.places.size(), drawn.size());
    std::size_t at = 0;
    for (const auto& [id, count] : counts) {
      EXPECT_EQ(got.rows[at], id);
      EXPECT_EQ(got.counts[at++], count);
    }
    for (std::size_t k = 0; k < drawn.size(); ++k) {
      EXPECT_EQ(got.rows[static_cast<std::size_t>(got.places[k])], drawn[k]);
    }
  }
}

}  // namespace
}  // namespace monet::models::detail
