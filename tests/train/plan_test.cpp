#include "monet/train/plan.h"

#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <cmath>
#include <utility>
#include <vector>

namespace monet::train {
namespace {

TrainOptions valid() {
  TrainOptions options;
  options.out = "somewhere";
  return options;
}

TEST(Plan, StepsFollowThePublishedRule) {
  const auto plan = make_plan(59541, 9298, valid());
  EXPECT_EQ(plan.batch_size, 1024);
  EXPECT_EQ(plan.steps_per_epoch, 59);
  EXPECT_EQ(make_plan(2048, 9298, valid()).steps_per_epoch, 3);
}

TEST(Plan, TheRateDecaysByARealExponent) {
  const auto options = valid();
  const auto plan = make_plan(59541, 9298, options);
  EXPECT_DOUBLE_EQ(plan.rate(0, options), 1e-4);
  EXPECT_DOUBLE_EQ(plan.rate(50, options), 0.96e-4);
  EXPECT_DOUBLE_EQ(plan.rate(25, options), 1e-4 * std::sqrt(0.96));
}

TEST(Plan, AutoKeepsTheStepsOfAnEpochBounded) {
  auto options = valid();
  options.batch_size = 0;
  const auto small = make_plan(59541, 9298, options);
  EXPECT_EQ(small.batch_size, 1024);
  EXPECT_DOUBLE_EQ(small.learning_rate, 1e-4);
  const auto large = make_plan(10'000'000, 500'000, options);
  EXPECT_LE(large.steps_per_epoch, kAutoSteps + 1);
  EXPECT_EQ(large.batch_size % 1024, 0);
  EXPECT_NEAR(large.learning_rate, 1e-4 * std::sqrt(static_cast<double>(large.batch_size) / 1024.0), 1e-12);
  // No more rows than users that can be drawn.
  EXPECT_EQ(make_plan(10'000'000, 5000, options).batch_size, 5000);
}

TEST(Plan, ValidationSamplesAreDrawnOnceByTheSeed) {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t u = 0; u < 50; ++u) {
    if (u % 5 == 0) continue;
    pairs.emplace_back(u, u % 7);
    pairs.emplace_back(u, 8);
  }
  const Csr validation = Csr::from_pairs(50, 9, pairs);
  const Csr sample = validation_sample(validation, 12, 3);
  EXPECT_EQ(sample.rows(), 50);
  Index users = 0;
  for (Index u = 0; u < 50; ++u) {
    if (sample.degree(u) == 0) continue;
    ++users;
    EXPECT_THAT(sample.row(u), testing::ElementsAreArray(validation.row(u)));
  }
  EXPECT_EQ(users, 12);
  const auto same = validation_sample(validation, 12, 3);
  EXPECT_THAT(same.indices(), testing::ElementsAreArray(sample.indices()));
  const auto other = validation_sample(validation, 12, 4);
  EXPECT_THAT(other.indptr(), testing::Not(testing::ElementsAreArray(sample.indptr())));
  EXPECT_EQ(validation_sample(validation, 0, 3).nnz(), validation.nnz());
  EXPECT_EQ(validation_sample(validation, 40, 3).nnz(), validation.nnz());
}

TEST(Plan, OptionsOutsideTheirDomainAreNamed) {
  const auto refuses = [](auto&& change, const char* option) {
    auto options = valid();
    change(options);
    try {
      check_options(options);
      ADD_FAILURE() << option << " was accepted";
    } catch (const InvalidArgument& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(option));
    }
  };
  refuses([](auto& o) { o.learning_rate = 0.0; }, "learning-rate");
  refuses([](auto& o) { o.learning_rate = std::nan(""); }, "learning-rate");
  refuses([](auto& o) { o.decay = 1.5; }, "decay");
  refuses([](auto& o) { o.decay_epochs = 0.0; }, "decay-epochs");
  refuses([](auto& o) { o.batch_size = -1; }, "batch-size");
  refuses([](auto& o) { o.epochs = -1; }, "epochs");
  refuses([](auto& o) { o.validate_every = 0; }, "validate-every");
  refuses([](auto& o) { o.patience = 0; }, "patience");
  refuses([](auto& o) { o.max_steps = -1; }, "max-steps");
  refuses([](auto& o) { o.out.clear(); }, "out");
  EXPECT_NO_THROW(check_options(valid()));
}

TEST(Plan, RefusesWhatCannotFitWithModelSizesAndBothNumbers) {
  data::Dataset dataset;
  dataset.train = Csr(12, 34);
  const models::ModelOptions mf("mf"), popularity("popularity");
  EXPECT_NO_THROW(check_memory(dataset, mf, 1'000'000, 2'000'000));
  EXPECT_NO_THROW(check_memory(dataset, mf, 1'000'000, 0));  // unknown
  const auto refusal = [&](const models::ModelOptions& model) -> std::string {
    try {
      check_memory(dataset, model, 8'000'000'000, 2'000'000'000);
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal(mf), testing::AllOf(testing::HasSubstr("mf needs about 8.0 GB"), testing::HasSubstr("2.0 GB are"),
                                          testing::HasSubstr("12 users and 34 items"), testing::HasSubstr("`dim`"),
                                          testing::Not(testing::HasSubstr("neighbours"))));
  EXPECT_THAT(refusal(popularity), testing::AllOf(testing::HasSubstr("available; fewer items or another model"),
                                                  testing::Not(testing::HasSubstr("`dim`"))));
}

}  // namespace
}  // namespace monet::train
