// What `auto` chooses, and what it does with the time that the race leaves.
#include "monet/experiments/automatic/choice.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet::experiments::automatic {
namespace {

/// Users around a mean, every other one above and below.
std::vector<double> users(double mean, double spread = 0.0) {
  std::vector<double> values;
  for (int user = 0; user < 100; ++user) values.push_back(mean + (user % 2 == 0 ? spread : -spread));
  return values;
}

TEST(Choosing, TheBestOnValidationAndTheDifferenceToTheSecond) {
  const std::vector<Contender> contenders{
      {"a", true, 10.0, users(0.10)}, {"b", true, 10.0, users(0.13)}, {"c", true, 10.0, users(0.12, 0.1)}};
  const Choice choice = choose(contenders);
  EXPECT_EQ(choice.best, 1U);
  EXPECT_EQ(choice.chosen, 1U);
  EXPECT_EQ(choice.compared, 2U);
  EXPECT_NEAR(choice.difference, 0.01, 1e-12);
  // sd of ±0.1 over 100 users: 0.1 √(100 / 99), over √100.
  EXPECT_NEAR(choice.error, 0.1 * std::sqrt(100.0 / 99.0) / 10.0, 1e-12);
}

TEST(Choosing, ACheaperOneThatIsAsGoodIsTaken) {
  const std::vector<Contender> contenders{{"trained", true, 100.0, users(0.1000, 0.01)},
                                          {"slower", true, 90.0, users(0.0999)},
                                          {"at once", false, 30.0, users(0.0995)}};
  const Choice choice = choose(contenders);
  EXPECT_EQ(choice.best, 0U);
  EXPECT_EQ(choice.chosen, 2U);
  EXPECT_EQ(choice.compared, 0U);
  EXPECT_LT(choice.difference, 0.0);
}

TEST(Choosing, ACheaperOneThatIsWorseByMoreThanNoiseIsNot) {
  // 0.5 % below with hardly any spread: sure, if small.
  EXPECT_EQ(choose(std::vector<Contender>{{"trained", true, 100.0, users(0.1)}, {"at once", false, 1.0, users(0.0995)}})
                .chosen,
            0U);
  // 2 % below, and the spread would allow for it.
  EXPECT_EQ(
      choose(std::vector<Contender>{{"trained", true, 100.0, users(0.1, 0.09)}, {"at once", false, 1.0, users(0.098)}})
          .chosen,
      0U);
}

TEST(Choosing, OfSeveralCheaperOnesTheCheapest) {
  const std::vector<Contender> contenders{{"trained", true, 100.0, users(0.1, 0.09)},
                                          {"quick", true, 10.0, users(0.0999)},
                                          {"closed form", false, 20.0, users(0.0998)},
                                          {"counts", false, 1.0, users(0.0997)}};
  EXPECT_EQ(choose(contenders).chosen, 3U);
}

TEST(Choosing, TheModelAsItComesIsTakenWhereAnOptionGainsNoMoreThanNoise) {
  std::vector<Contender> contenders{{"m:a=1", true, 10.0, users(0.1000, 0.01), "m", false},
                                    {"m", true, 10.0, users(0.0995), "m", true},
                                    {"other", true, 9.0, users(0.0996), "other", true}};
  const Choice choice = choose(contenders);
  EXPECT_EQ(choice.best, 0U);
  EXPECT_EQ(choice.chosen, 1U);
  EXPECT_EQ(choice.compared, 0U);
  EXPECT_FALSE(choice.for_cost);
  contenders.push_back({"cheap", true, 4.0, users(0.0996), "cheap", true});
  EXPECT_EQ(choose(contenders).chosen, 3U) << "what it costs goes first";
  EXPECT_TRUE(choose(contenders).for_cost);
  contenders.resize(2);
  contenders[1].users = users(0.098);
  EXPECT_EQ(choose(contenders).chosen, 0U) << "2 % are more than nothing";
}

TEST(Choosing, AnotherOptionOfTheSameModelIsNotPlainer) {
  std::vector<Contender> contenders{{"m:a=1", true, 10.0, users(0.1000, 0.01), "m", false},
                                    {"m:a=2", true, 10.0, users(0.0999), "m", false}};
  EXPECT_EQ(choose(contenders).chosen, 0U);
  contenders.insert(contenders.begin() + 1, {"m", true, 10.0, users(0.0995), "m", true});
  EXPECT_EQ(choose(contenders).chosen, 1U);
  contenders[1].of_the_final = false;
  EXPECT_EQ(choose(contenders).chosen, 0U) << "known by one seed";
}

TEST(Choosing, WhatWasTrainedWithOneSeedIsOnlyTakenAsCheaper) {
  std::vector<Contender> contenders{{"a", true, 10.0, users(0.1000)},
                                    {"b", true, 10.0, users(0.0990)},
                                    {"lucky", true, 9.0, users(0.1001), "", false, false}};
  const Choice choice = choose(contenders);
  EXPECT_EQ(choice.best, 0U);
  EXPECT_EQ(choice.chosen, 0U);
  EXPECT_EQ(choice.compared, 1U);
  contenders[2].seconds = 5.0;
  EXPECT_EQ(choose(contenders).chosen, 2U);
}

TEST(Choosing, ALoneOneIsComparedWithItself) {
  const Choice choice = choose(std::vector<Contender>{{"only", true, 1.0, users(0.1)}});
  EXPECT_EQ(choice.chosen, 0U);
  EXPECT_EQ(choice.compared, 0U);
  EXPECT_EQ(choice.difference, 0.0);
}

TEST(Choosing, CheaperMeansClearly) {
  EXPECT_TRUE(is_cheaper({"", false, 99.0, {}}, {"", true, 1.0, {}}));
  EXPECT_FALSE(is_cheaper({"", true, 1.0, {}}, {"", false, 99.0, {}}));
  EXPECT_TRUE(is_cheaper({"", true, 50.0, {}}, {"", true, 100.0, {}}));
  EXPECT_FALSE(is_cheaper({"", true, 51.0, {}}, {"", true, 100.0, {}}));
}

TEST(Planning, SeedsAndModalitiesShareWhatTheRaceLeaves) {
  const auto plan = [](double left, double round, double modalities, int wanted) {
    const AfterRace after = plan_after(left, round, modalities, wanted);
    return std::pair(after.rounds, after.modalities);
  };
  EXPECT_EQ(plan(100.0, 30.0, 30.0, 2), std::pair(2, true));
  EXPECT_EQ(plan(100.0, 40.0, 30.0, 2), std::pair(1, true));
  EXPECT_EQ(plan(50.0, 40.0, 30.0, 2), std::pair(1, false)) << "a seed goes before the modalities";
  EXPECT_EQ(plan(35.0, 40.0, 30.0, 2), std::pair(0, true));
  EXPECT_EQ(plan(20.0, 40.0, 30.0, 2), std::pair(0, false));
  EXPECT_EQ(plan(100.0, 0.0, 30.0, 2), std::pair(0, true)) << "nothing that a seed would change";
  EXPECT_EQ(plan(100.0, 10.0, 0.0, 2), std::pair(2, false)) << "no modalities";
  EXPECT_EQ(plan(100.0, 10.0, 10.0, 0), std::pair(0, true)) << "one seed was asked for";
}

}  // namespace
}  // namespace monet::experiments::automatic
