#include "monet/data/inspect.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace monet::test {
namespace {

using data::Dataset;
using data::Inspection;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Pairs = std::vector<std::pair<std::int32_t, std::int32_t>>;

/// 4 users × 6 items; user 2 only in the test, user 3 nowhere, item 5 nowhere, item 4 only in the validation.
Dataset small() {
  Dataset dataset;
  dataset.train = Csr::from_pairs(4, 6, Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 0}});
  dataset.validation = Csr::from_pairs(4, 6, Pairs{{1, 4}});
  dataset.test = Csr::from_pairs(4, 6, Pairs{{0, 3}, {2, 0}});
  Matrix<float> features = Matrix<float>::zeros(6, 2);
  for (Index r = 0; r < 5; ++r) features(r, 0) = static_cast<float>(r + 1);
  dataset.modalities.push_back({"text", std::move(features), 2});
  return dataset;
}

TEST(Inspect, CountsByHand) {
  const Inspection in = data::inspect(small());
  EXPECT_EQ(in.num_interactions, 7);
  EXPECT_DOUBLE_EQ(in.density, 7.0 / 24.0);
  EXPECT_EQ(in.splits[0].interactions, 4);
  EXPECT_EQ(in.splits[0].users, 2);
  EXPECT_EQ(in.splits[0].items, 3);
  EXPECT_EQ(in.splits[2].users, 2);
  EXPECT_EQ(in.user_degrees.count, 2);
  EXPECT_EQ(in.user_degrees.minimum, 1);
  EXPECT_EQ(in.user_degrees.maximum, 3);
  EXPECT_DOUBLE_EQ(in.user_degrees.mean, 2.0);
  EXPECT_EQ(in.item_degrees.median, 1);
  EXPECT_EQ(in.item_degrees.maximum, 2);
  EXPECT_EQ(in.users_without_training, 1);
  EXPECT_EQ(in.silent_users, 1);
  EXPECT_EQ(in.cold_items, 1);
  EXPECT_EQ(in.items_without_training, 2);
  EXPECT_EQ(in.leaks, 0);
  ASSERT_EQ(in.modalities.size(), 1U);
  EXPECT_EQ(in.modalities[0].zero_rows, 1);
  EXPECT_DOUBLE_EQ(in.modalities[0].coverage, 4.0 / 6.0);
  EXPECT_DOUBLE_EQ(in.modalities[0].norm_max, 5.0);
  EXPECT_DOUBLE_EQ(in.modalities[0].norm_mean, 2.5);
  EXPECT_FALSE(in.broken);
}

Dataset with_features(Matrix<float> features) {
  Dataset dataset = small();
  dataset.modalities[0] = {"text", std::move(features), 0};
  return dataset;
}

TEST(Inspect, RowsThatWereFilledInCoverNothing) {
  Matrix<float> filled(6, 2);
  for (Index r = 0; r < 6; ++r) {
    filled(r, 0) = 30.0F + static_cast<float>(r * r);
    filled(r, 1) = static_cast<float>(r % 2);
  }
  EXPECT_DOUBLE_EQ(data::inspect(with_features(Matrix<float>::copy_of(filled))).modalities[0].coverage, 1.0);
  for (Index c = 0; c < 2; ++c) {  // two rows are what the other four are on average
    const float mean = (filled(0, c) + filled(2, c) + filled(3, c) + filled(4, c)) / 4.0F;
    filled(1, c) = mean;
    filled(5, c) = mean;
  }
  const Dataset with_mean = with_features(Matrix<float>::copy_of(filled));
  const Inspection in = data::inspect(with_mean);
  EXPECT_EQ(in.modalities[0].mean_rows, 2);
  EXPECT_DOUBLE_EQ(in.modalities[0].coverage, 4.0 / 6.0);
  EXPECT_THAT(in.problems, Contains("text: 2 items have no features of their own (66.7 % covered): of its rows 2 are "
                                    "the mean of all"));
  Matrix<float> zeros = std::move(filled);
  for (const Index r : {1, 5, 0}) std::fill_n(zeros.row(r), 2, 0.0F);
  EXPECT_DOUBLE_EQ(data::inspect(with_features(std::move(zeros))).modalities[0].coverage, 0.5);
}

TEST(Inspect, OfASingleColumnEveryNumberMayBeTheItemsOwn) {
  Matrix<float> prices(6, 1);
  for (Index r = 0; r < 6; ++r) prices(r, 0) = static_cast<float>(r % 3);  // the mean is 1
  const Inspection in = data::inspect(with_features(std::move(prices)));
  EXPECT_DOUBLE_EQ(in.modalities[0].coverage, 1.0);
  EXPECT_EQ(in.modalities[0].mean_rows, 0);
  EXPECT_THAT(in.problems, Contains("text: 2 rows are all zero"));
}

TEST(Inspect, LeaksBreakADataset) {
  Dataset dataset = small();
  dataset.test = Csr::from_pairs(4, 6, Pairs{{0, 3}, {0, 1}, {1, 4}});
  const Inspection in = data::inspect(dataset);
  EXPECT_EQ(in.leaks, 2);
  EXPECT_TRUE(in.broken);
  EXPECT_THAT(in.problems, Contains(HasSubstr("2 interactions stand in more than one split")));
}

TEST(Inspect, FeaturesThatAreNotFiniteBreakADataset) {
  Dataset dataset = small();
  dataset.modalities[0].features(3, 1) = std::numeric_limits<float>::infinity();
  const Inspection in = data::inspect(dataset);
  EXPECT_EQ(in.modalities[0].not_finite, 1);
  EXPECT_TRUE(in.broken);
}

TEST(Inspect, NothingToTrainOnBreaksADataset) {
  Dataset dataset = small();
  dataset.train = Csr(4, 6);
  EXPECT_TRUE(data::inspect(dataset).broken);
}

TEST(Inspect, ASoundDatasetHasNoProblems) {
  Dataset dataset = small();
  dataset.test = Csr::from_pairs(4, 6, Pairs{{0, 3}});
  dataset.modalities[0].missing_rows = 0;
  dataset.modalities[0].features(5, 1) = 1.0F;
  EXPECT_THAT(data::inspect(dataset).problems, IsEmpty());
}

TEST(Inspect, DescribesEverythingItFound) {
  const Dataset dataset = small();
  const auto lines = data::describe(dataset, data::inspect(dataset));
  EXPECT_THAT(lines, Contains(HasSubstr("4 users × 6 items, 7 interactions")));
  EXPECT_THAT(lines, Contains(HasSubstr("modality text: 6 × 2, covers 66.7 % (2 items without)")));
  EXPECT_THAT(lines, Contains(HasSubstr("problem: 1 users occur only in validation or test")));
}

TEST(Inspect, SaysOnceWhatReadingHasMetAlready) {
  Dataset dataset = small();
  dataset.notes.lines = {"1 users occur only in validation or test; they get the popularity fallback", "a BOM"};
  const auto lines = data::describe(dataset, data::inspect(dataset));
  EXPECT_THAT(lines, Contains(HasSubstr("users occur only")).Times(1));
  EXPECT_THAT(lines, Contains("met on reading: a BOM"));
}

}  // namespace
}  // namespace monet::test
