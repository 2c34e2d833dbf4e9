#include "monet/train/sampler.h"

#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace monet::train {
namespace {

// Users 0..4: empty, one item, two items, all items, four items of six.
Csr small() {
  const std::vector<std::pair<std::int32_t, std::int32_t>> pairs{{1, 3}, {2, 0}, {2, 5}, {3, 0}, {3, 1}, {3, 2}, {3, 3},
                                                                 {3, 4}, {3, 5}, {4, 0}, {4, 1}, {4, 2}, {4, 4}};
  return Csr::from_pairs(5, 6, pairs);
}

TEST(Sampler, LeavesOutUsersWithoutHistoryOrWithEveryItem) {
  const Csr train = small();
  Sampler sampler(train);
  EXPECT_EQ(sampler.num_users(), 3);
  Rng rng(1);
  Sampler::Triples triples;
  sampler.draw(rng, 3, triples);
  EXPECT_THAT(triples.users, testing::UnorderedElementsAre(1, 2, 4));
}

TEST(Sampler, PositivesAreOfTheUserAndNegativesAreNot) {
  const Csr train = small();
  Sampler sampler(train);
  Rng rng(2);
  Sampler::Triples triples;
  for (int round = 0; round < 200; ++round) {
    sampler.draw(rng, 3, triples);
    for (std::size_t b = 0; b < 3; ++b) {
      EXPECT_TRUE(train.contains(triples.users[b], triples.positives[b]));
      EXPECT_FALSE(train.contains(triples.users[b], triples.negatives[b]));
      EXPECT_GE(triples.negatives[b], 0);
      EXPECT_LT(triples.negatives[b], 6);
    }
  }
}

TEST(Sampler, DrawsUniformly) {
  const Csr train = small();
  Sampler sampler(train);
  Rng rng(3);
  Sampler::Triples triples;
  std::map<std::int32_t, int> negatives_of_2;
  std::map<std::int32_t, int> positives_of_4;
  constexpr int kRounds = 12000;
  for (int round = 0; round < kRounds; ++round) {
    sampler.draw(rng, 3, triples);
    for (std::size_t b = 0; b < 3; ++b) {
      if (triples.users[b] == 2) ++negatives_of_2[triples.negatives[b]];
      if (triples.users[b] == 4) ++positives_of_4[triples.positives[b]];
    }
  }
  // Four equally likely outcomes each: mean 3,000, standard deviation 47; five of them allowed.
  ASSERT_EQ(negatives_of_2.size(), 4U);
  ASSERT_EQ(positives_of_4.size(), 4U);
  for (const auto& [item, count] : negatives_of_2) EXPECT_NEAR(count, kRounds / 4, 240) << "item " << item;
  for (const auto& [item, count] : positives_of_4) EXPECT_NEAR(count, kRounds / 4, 240) << "item " << item;
}

TEST(Sampler, UsersAreDistinctWhileThereAreEnough) {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t u = 0; u < 100; ++u) pairs.emplace_back(u, u % 7);
  const Csr train = Csr::from_pairs(100, 7, pairs);
  Sampler sampler(train);
  Rng rng(4);
  Sampler::Triples triples;
  std::map<std::int32_t, int> drawn;
  for (int round = 0; round < 500; ++round) {
    sampler.draw(rng, 60, triples);
    EXPECT_EQ(std::set<std::int32_t>(triples.users.begin(), triples.users.end()).size(), 60U);
    for (const auto user : triples.users) ++drawn[user];
  }
  for (const auto& [user, count] : drawn) EXPECT_NEAR(count, 300, 60) << "user " << user;
}

TEST(Sampler, RepeatsUsersWhenThereAreFewer) {
  const Csr train = small();
  Sampler sampler(train);
  Rng rng(5);
  Sampler::Triples triples;
  sampler.draw(rng, 50, triples);
  EXPECT_EQ(triples.users.size(), 50U);
  EXPECT_THAT(triples.users, testing::Each(testing::AnyOf(1, 2, 4)));
}

TEST(Sampler, HasNoStateButTheGenerator) {
  const Csr train = small();
  Sampler first(train);
  Rng rng(6);
  Sampler::Triples triples;
  for (int round = 0; round < 9; ++round) first.draw(rng, 2, triples);
  Rng copy = Rng::from_state(rng.state());
  first.draw(rng, 2, triples);

  Sampler second(train);
  Sampler::Triples again;
  second.draw(copy, 2, again);
  EXPECT_EQ(triples.users, again.users);
  EXPECT_EQ(triples.positives, again.positives);
  EXPECT_EQ(triples.negatives, again.negatives);
}

TEST(Sampler, RefusesATrainingSplitThatGivesNoPair) {
  const Csr everything = Csr::from_pairs(1, 2, std::vector<std::pair<std::int32_t, std::int32_t>>{{0, 0}, {0, 1}});
  EXPECT_THROW(Sampler{everything}, DataError);
}

TEST(SamplerOfInteractions, PassesOverEveryInteractionOnceAnEpoch) {
  const Csr train = small();
  Sampler sampler(train);
  Rng rng(5);
  Sampler::Triples triples;
  std::multiset<std::pair<std::int32_t, std::int32_t>> seen;
  // The user with every item has no negative: 7 of the 13 interactions remain, in steps of 3, 3, 1 and nothing.
  const std::vector<Index> sizes{3, 3, 1, 0};
  for (std::size_t step = 0; step < sizes.size(); ++step) {
    ASSERT_EQ(sampler.draw_interactions(9, 0, static_cast<Index>(step), 3, rng, triples), sizes[step]);
    ASSERT_EQ(triples.users.size(), static_cast<std::size_t>(sizes[step]));
    for (std::size_t b = 0; b < triples.users.size(); ++b) {
      seen.emplace(triples.users[b], triples.positives[b]);
      EXPECT_FALSE(train.contains(triples.users[b], triples.negatives[b]));
    }
  }
  EXPECT_THAT(seen, testing::ElementsAre(std::pair(1, 3), std::pair(2, 0), std::pair(2, 5), std::pair(4, 0),
                                         std::pair(4, 1), std::pair(4, 2), std::pair(4, 4)));
}

TEST(SamplerOfInteractions, TheOrderFollowsFromSeedAndEpochAlone) {
  const Csr train = small();
  const auto order = [&](Sampler& sampler, std::uint64_t seed, int epoch) {
    Rng rng(5);
    Sampler::Triples triples;
    sampler.draw_interactions(seed, epoch, 0, 7, rng, triples);
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    for (std::size_t b = 0; b < triples.users.size(); ++b) pairs.emplace_back(triples.users[b], triples.positives[b]);
    return pairs;
  };
  Sampler one(train);
  Sampler other(train);
  const auto first = order(one, 9, 4);
  order(one, 9, 5);
  EXPECT_EQ(first, order(one, 9, 4));
  EXPECT_EQ(first, order(other, 9, 4));
  EXPECT_NE(first, order(other, 9, 5));
  EXPECT_NE(first, order(other, 10, 4));
}

TEST(SamplerWithWeights, PositivesAreDrawnInProportion) {
  const Csr train = small();
  // The weights of user 4's items 0, 1, 2 and 4 are 1, 2, 4 and 1.
  const std::vector<float> weights{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1};
  Sampler sampler(train, weights);
  Rng rng(3);
  Sampler::Triples triples;
  std::map<std::int32_t, int> positives_of_4;
  constexpr int kRounds = 12000;
  for (int round = 0; round < kRounds; ++round) {
    sampler.draw(rng, 3, triples);
    for (std::size_t b = 0; b < 3; ++b) {
      EXPECT_TRUE(train.contains(triples.users[b], triples.positives[b]));
      if (triples.users[b] == 4) ++positives_of_4[triples.positives[b]];
    }
  }
  // Standard deviations of 36, 47, 55 and 36; five of them allowed.
  EXPECT_NEAR(positives_of_4[0], 1500, 180);
  EXPECT_NEAR(positives_of_4[1], 3000, 235);
  EXPECT_NEAR(positives_of_4[2], 6000, 275);
  EXPECT_NEAR(positives_of_4[4], 1500, 180);
}

TEST(SamplerWithWeights, AnEpochKeepsItsLengthAndTakesEachInteractionByItsWeight) {
  const Csr train = small();
  const std::vector<float> weights{1, 1, 1, 9, 9, 9, 9,
                                   9, 9, 1, 2, 4, 4};  // those of user 3, never drawn, do not count
  Sampler sampler(train, weights);
  Rng rng(5);
  Sampler::Triples triples;
  std::map<std::pair<std::int32_t, std::int32_t>, int> seen;
  constexpr int kEpochs = 2000;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    ASSERT_EQ(sampler.draw_interactions(9, epoch, 0, 100, rng, triples), 7);
    std::map<std::pair<std::int32_t, std::int32_t>, int> once;
    for (std::size_t b = 0; b < 7; ++b) ++once[{triples.users[b], triples.positives[b]}];
    EXPECT_EQ((once[{4, 2}]), 2);  // 4 · 7 / 14
    EXPECT_EQ((once[{4, 1}]), 1);
    for (const auto& [pair, count] : once) seen[pair] += count;
  }
  EXPECT_NEAR((seen[{1, 3}]), kEpochs / 2, 112);
  EXPECT_EQ((seen[{4, 1}]), kEpochs);
  EXPECT_EQ((seen[{4, 4}]), 2 * kEpochs);
}

TEST(SamplerWithWeights, EqualWeightsPassOverEveryInteractionOnce) {
  const Csr train = small();
  Sampler sampler(train, std::vector<float>(13, 0.3F));
  Rng rng(5);
  Sampler::Triples triples;
  for (int epoch = 0; epoch < 50; ++epoch) {
    ASSERT_EQ(sampler.draw_interactions(9, epoch, 0, 100, rng, triples), 7);
    std::set<std::pair<std::int32_t, std::int32_t>> once;
    for (std::size_t b = 0; b < 7; ++b) once.emplace(triples.users[b], triples.positives[b]);
    EXPECT_EQ(once.size(), 7U);
  }
}

TEST(SamplerWithWeights, RefusesWeightsThatAreNone) {
  const Csr train = small();
  EXPECT_THROW(Sampler(train, std::vector<float>(12, 1.0F)), InvalidArgument);
  std::vector<float> weights(13, 1.0F);
  weights[7] = 0.0F;
  EXPECT_THROW(Sampler(train, weights), InvalidArgument);
  weights[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(Sampler(train, weights), InvalidArgument);
}

}  // namespace
}  // namespace monet::train
