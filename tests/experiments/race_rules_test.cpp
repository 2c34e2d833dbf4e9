// The decisions of a race, worked by hand.
#include "monet/experiments/race/rules.h"

#include <gmock/gmock.h>

namespace monet::experiments::race {
namespace {

using ::testing::ElementsAre;

Standing at(const std::string& family, double value, std::vector<CurvePoint> curve = {}) {
  return {family, value, std::move(curve)};
}

TEST(RaceRules, ACurveIsExpectedToGainByTheNextDoublingWhatItGainedByTheLast) {
  // 0.06 at half of its 20 s, 0.08 now: 0.10 at 40 s.
  EXPECT_DOUBLE_EQ(expected(at("a", 0.08, {{0, 5.0, 0.03}, {5, 10.0, 0.06}, {10, 20.0, 0.08}})), 0.10);
  // In the scale of the race's metric, which need not be the curve's.
  EXPECT_DOUBLE_EQ(expected(at("a", 0.8, {{0, 5.0, 0.03}, {5, 10.0, 0.06}, {10, 20.0, 0.08}})), 1.0);
}

TEST(RaceRules, WhatGainedNoMoreIsExpectedToStay) {
  EXPECT_DOUBLE_EQ(expected(at("a", 0.08, {{0, 5.0, 0.08}, {5, 10.0, 0.07}, {10, 20.0, 0.06}})), 0.08);
  EXPECT_DOUBLE_EQ(expected(at("a", 0.08)), 0.08) << "without a curve";
  EXPECT_DOUBLE_EQ(expected(at("a", 0.08, {{0, 5.0, 0.08}})), 0.08) << "one validation says nothing of the slope";
  EXPECT_DOUBLE_EQ(expected(at("a", 0.0, {{0, 5.0, 0.0}, {5, 10.0, 0.0}})), 0.0);
  // The first validation came after half of the time: gains are counted from it.
  EXPECT_DOUBLE_EQ(expected(at("a", 0.06, {{0, 8.0, 0.04}, {5, 10.0, 0.06}})), 0.06 * (2.0 - 0.04 / 0.06));
}

TEST(RaceRules, TheBetterHalfGoesOn) {
  const std::vector<Standing> standings{at("a", 0.1), at("a", 0.4), at("a", 0.3), at("a", 0.2), at("a", 0.5)};
  EXPECT_THAT(survivors(standings, 1, false), ElementsAre(1, 2, 4));
  EXPECT_THAT(survivors(standings, 4, false), ElementsAre(1, 2, 3, 4)) << "no fewer than the finalists";
  EXPECT_THAT(survivors(standings, 9, false), ElementsAre(0, 1, 2, 3, 4));
  const std::vector<Standing> equals{at("a", 0.1), at("a", 0.1), at("a", 0.1)};
  EXPECT_THAT(survivors(equals, 1, false), ElementsAre(0, 1)) << "of equals the first";
  EXPECT_THAT(survivors({}, 3, true), ElementsAre());
}

TEST(RaceRules, AfterTheFirstRungTheBestOfEachFamilyGoesOn) {
  const std::vector<Standing> standings{at("a", 0.5), at("a", 0.4), at("b", 0.1), at("b", 0.2), at("c", 0.05)};
  EXPECT_THAT(survivors(standings, 1, true), ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(survivors(standings, 1, false), ElementsAre(0, 1, 3));
}

TEST(RaceRules, OneThatStillRisesGoesOnBeforeOneThatStands) {
  const std::vector<Standing> standings{at("a", 0.10, {{0, 1.0, 0.10}, {5, 2.0, 0.10}}),
                                        at("b", 0.09, {{0, 1.0, 0.05}, {5, 2.0, 0.09}})};
  EXPECT_THAT(survivors(standings, 1, false), ElementsAre(1));
}

TEST(RaceRules, RungsHalveTheEntrantsDownToTheFinalists) {
  EXPECT_EQ(rungs_left(15, 3), 4);  // 15, 8, 4, 3
  EXPECT_EQ(rungs_left(3, 3), 1);
  EXPECT_EQ(rungs_left(4, 3), 2);
  EXPECT_EQ(rungs_left(0, 3), 1);
  EXPECT_EQ(rungs_left(1000, 1), 11);
}

TEST(RaceRules, ProcessorsAreSharedOutWhenThereAreMoreOfThem) {
  const auto shared = [](std::size_t entrants, int processors) {
    const Sharing sharing = share(entrants, processors);
    return std::pair(sharing.parallel, sharing.threads);
  };
  EXPECT_EQ(shared(15, 2), std::pair(2, 1));
  EXPECT_EQ(shared(3, 16), std::pair(3, 5));
  EXPECT_EQ(shared(1, 2), std::pair(1, 2));
  EXPECT_EQ(shared(0, 4), std::pair(1, 4));
}

TEST(RaceRules, ARungsTimeIsSharedByThoseThatAreInIt) {
  // 240 s for two rungs: 120 s of two processors for six.
  EXPECT_DOUBLE_EQ(slice_seconds(240.0, 2, 6, 2, 0.0), 40.0);
  EXPECT_DOUBLE_EQ(slice_seconds(240.0, 2, 6, 2, 3.0), 37.0);
  EXPECT_DOUBLE_EQ(slice_seconds(240.0, 2, 6, 2, 100.0), 4.0) << "a tenth at least";
  EXPECT_DOUBLE_EQ(slice_seconds(60.0, 1, 1, 4, 0.0), 60.0) << "threads are not more time";
  EXPECT_EQ(slice_seconds(0.0, 2, 6, 2, 0.0), 0.0);
  EXPECT_EQ(slice_seconds(10.0, 2, 0, 2, 0.0), 0.0);
}

}  // namespace
}  // namespace monet::experiments::race
