#include "monet/train/popularity.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet::train {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::IsEmpty;

TEST(Popularity, IsTheLogarithmOfTheInteractionsTimesItsWeight) {
  const std::vector<float> counts{3, 0, 1, 7};
  scoring::Scoring scoring;
  scoring.item_popularity = counts;
  const auto near = [](double value) { return FloatNear(static_cast<float>(value), 1e-6F); };
  EXPECT_THAT(with_popularity(scoring, 0.0, models::NewItems::median), IsEmpty());
  // The median of 1, 3 and 7 is 3.
  EXPECT_THAT(with_popularity(scoring, 0.5, models::NewItems::median),
              ElementsAre(near(0.5 * std::log(4.0)), near(0.5 * std::log(4.0)), near(0.5 * std::log(2.0)),
                          near(0.5 * std::log(8.0))));
  EXPECT_THAT(with_popularity(scoring, 0.5, models::NewItems::none),
              ElementsAre(near(0.5 * std::log(4.0)), near(0.0), near(0.5 * std::log(2.0)), near(0.5 * std::log(8.0))));
  const std::vector<float> own{1, 2, 3, 4};
  scoring.item_prior = own;
  EXPECT_THAT(with_popularity(scoring, 0.0, models::NewItems::none), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(with_popularity(scoring, 1.0, models::NewItems::none),
              ElementsAre(near(1.0 + std::log(4.0)), near(2.0), near(3.0 + std::log(2.0)), near(4.0 + std::log(8.0))));
}

TEST(Popularity, TheMedianIsOfWhatIsPositive) {
  EXPECT_EQ(median_of_positive({}), 0.0F);
  EXPECT_EQ(median_of_positive({0, 0}), 0.0F);
  EXPECT_EQ(median_of_positive({0, 5, 0, 2}), 2.0F);
  EXPECT_EQ(median_of_positive({9, 0, 5, 2}), 5.0F);
}

}  // namespace
}  // namespace monet::train
