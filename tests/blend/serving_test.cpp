// The contract by external ids on a blend: recommend, explain, similar, new users.
#include "monet/core/error.h"
#include "monet/rank/scores.h"
#include "monet/recommend/recommender.h"
#include "monet/recommend/render.h"
#include "tests/blend/small_blend.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet::recommend {
namespace {

using scoring::BlendBy;
using test::SmallParts;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

class ServedBlend : public ::testing::Test {
 protected:
  Recommender open(BlendBy by) {
    parts_.write("blend", {"a", "b", "c"}, {0.5, 0.3, 0.2}, by, true);
    return Recommender::open(parts_.path("blend"));
  }

  SmallParts parts_;
  ThreadPool pool_{1};
};

TEST_F(ServedBlend, GivesTheBestOfTheBlendedScores) {
  for (const BlendBy by : {BlendBy::zscore, BlendBy::rank}) {
    const Recommender recommender = open(by);
    const scoring::Scoring scoring = recommender.artifact().scoring();
    std::vector<double> exact(7);
    rank::score_items(scoring::Items(scoring), scoring::known_user(scoring, 1), std::vector{0, 1, 2, 3, 4, 5, 6},
                      exact);
    const Recommendations result = recommender.recommend({"u1", {}, {}, {}});
    EXPECT_THAT(result.items, SizeIs(5));
    EXPECT_FALSE(result.popular);
    for (const ScoredItem& item : result.items) {
      const auto at = static_cast<std::size_t>(*recommender.artifact().items().find(item.item));
      EXPECT_NEAR(item.score, exact[at], 1e-5);
    }
  }
}

TEST_F(ServedBlend, SomebodyWithoutPastItemsGetsPopularity) {
  const Recommender recommender = open(BlendBy::zscore);
  const Recommendations result = recommender.recommend({"u4", {}, {}, {}}, {2, {}, {}, true, 3});
  EXPECT_TRUE(result.popular);
  ASSERT_THAT(result.items, SizeIs(2));
  EXPECT_EQ(result.items[0].item, "a");
  EXPECT_EQ(result.items[0].score, 2.0F);
  EXPECT_EQ(result.items[0].explanation->general.value, 2.0);
  EXPECT_THAT(result.items[0].explanation->parts, IsEmpty());
  EXPECT_EQ(recommender.explain({"u4", {}, {}, {}}, "a").score, 2.0F);
}

TEST_F(ServedBlend, EachPartFoldsANewUserInByItself) {
  const Recommender recommender = open(BlendBy::zscore);
  ASSERT_TRUE(recommender.takes_history());
  for (const bool known : {false, true}) {
    User user;
    if (known) user.id = "u1";
    user.history = {"h", "i"};
    const Recommendations result = recommender.recommend(user, {7, {}, {}, false, 3});
    // The blend of what the parts score by themselves.
    std::vector<double> expected(7, 0.0);
    const std::vector<double> weights{0.5, 0.3, 0.2};
    const std::vector<std::string> names{"a", "b", "c"};
    for (std::size_t m = 0; m < 3; ++m) {
      const Recommender part = Recommender::open(parts_.path(names[m]));
      const Recommendations own = part.recommend(user, {7, {}, {}, false, 3});
      double mean = 0.0, squares = 0.0;
      const auto n = static_cast<double>(own.items.size());
      for (const ScoredItem& item : own.items) mean += static_cast<double>(item.score) / n;
      for (const ScoredItem& item : own.items) squares += std::pow(static_cast<double>(item.score) - mean, 2.0) / n;
      for (const ScoredItem& item : own.items) {
        expected[static_cast<std::size_t>(*part.artifact().items().find(item.item))] +=
            weights[m] * (static_cast<double>(item.score) - mean) / std::sqrt(squares);
      }
    }
    EXPECT_EQ(result.items.size(), known ? 3U : 5U);
    for (const ScoredItem& item : result.items) {
      EXPECT_NEAR(item.score, expected[static_cast<std::size_t>(*recommender.artifact().items().find(item.item))],
                  1e-4);
    }
  }
}

TEST_F(ServedBlend, APartThatTakesNoHistoryIsSaid) {
  train::ArtifactContents closed = parts_.by_dot();
  closed.tensors.clear();
  train::write_artifact(parts_.path("c"), closed, true);
  const Recommender recommender = open(BlendBy::zscore);
  EXPECT_FALSE(recommender.takes_history());
  EXPECT_THAT(
      [&] {
        recommender.recommend({{}, {"h"}, {}, {}});
      },
      ThrowsMessage<DataError>(AllOf(HasSubstr("the model mf"), HasSubstr("`history`"))));
}

TEST_F(ServedBlend, AnExplanationIsThatOfEachPartWithItsShare) {
  for (const BlendBy by : {BlendBy::zscore, BlendBy::rank}) {
    const Recommender recommender = open(by);
    const Recommendations result =
        recommender.recommend(pool_, std::vector<User>{{"u0", {}, {}, {}}}, {3, {}, {}, true, 3})[0];
    for (const ScoredItem& item : result.items) {
      const Explanation& why = *item.explanation;
      ASSERT_THAT(why.parts, SizeIs(3));
      double sum = 0.0, shares = 0.0;
      for (const BlendedPart& part : why.parts) {
        sum += part.part.value;
        shares += part.part.share;
      }
      EXPECT_NEAR(sum, item.score, 1e-5);
      EXPECT_NEAR(shares, 1.0, 1e-5);
      EXPECT_EQ(why.parts[0].model, "monet");
      EXPECT_EQ(why.parts[1].weight, 0.3);
      const std::vector<std::string> names{"a", "b", "c"};
      for (std::size_t m = 0; m < 3; ++m) {
        const ScoredItem own = Recommender::open(parts_.path(names[m])).explain({"u0", {}, {}, {}}, item.item);
        EXPECT_NEAR(why.parts[m].score, own.score, 1e-5);
        EXPECT_EQ(why.parts[m].because.drivers.size(), own.explanation->drivers.size());
        EXPECT_EQ(why.parts[m].because.modalities.size(), own.explanation->modalities.size());
      }
      EXPECT_NEAR(recommender.explain({"u0", {}, {}, {}}, item.item).score, item.score, 1e-5);
    }
  }
}

TEST_F(ServedBlend, AnExplanationIsWrittenPartByPart) {
  const Recommender recommender = open(BlendBy::zscore);
  const Recommendations result = recommender.recommend({"u0", {}, {}, {}}, {1, {}, {}, true, 3});
  const Source source = source_of(recommender.artifact());
  const std::string table = render(result, source, Format::table);
  EXPECT_THAT(table, HasSubstr("        monet (weight 0.5): "));
  EXPECT_THAT(table, HasSubstr("          score: general "));
  EXPECT_THAT(table, HasSubstr("        itemknn (weight 0.3): "));
  EXPECT_THAT(table, HasSubstr("          mf does not score by past items or modalities\n"));
  EXPECT_THAT(render(result, source, Format::jsonl), HasSubstr(R"("parts":[{"model":"monet","weight":0.5,)"));
}

TEST_F(ServedBlend, SimilarItemsAreByTheMeanCosineOrByOnePart) {
  const Recommender recommender = open(BlendBy::zscore);
  EXPECT_THAT(recommender.similarities(),
              ElementsAre("fused", "1.fused", "1.model", "1.image", "1.text", "2.model", "3.fused"));
  const std::vector<std::string> item{"h"};
  const auto score = [](const SimilarItems& similar, const std::string& of) {
    for (const ScoredItem& other : similar.items) {
      if (other.item == of) return static_cast<double>(other.score);
    }
    return std::nan("");
  };
  const Recommender a = Recommender::open(parts_.path("a"));
  const Recommender c = Recommender::open(parts_.path("c"));
  const SimilarItems fused = recommender.similar(pool_, item, 10)[0];
  ASSERT_THAT(fused.items, SizeIs(6));
  for (const ScoredItem& other : fused.items) {
    const double expected = (0.5 * score(a.similar(pool_, item, 10)[0], other.item) +
                             0.2 * score(c.similar(pool_, item, 10)[0], other.item)) /
                            0.7;
    EXPECT_NEAR(other.score, expected, 1e-6);
  }
  for (const char* by : {"fused", "model", "image", "text"}) {
    const SimilarItems own = a.similar(pool_, item, 4, by)[0];
    const SimilarItems part = recommender.similar(pool_, item, 4, std::string("1.") + by)[0];
    ASSERT_EQ(part.items.size(), own.items.size());
    for (std::size_t r = 0; r < own.items.size(); ++r) EXPECT_EQ(part.items[r].item, own.items[r].item) << by;
  }
  EXPECT_THAT([&] { recommender.similar(pool_, item, 4, "model"); }, ThrowsMessage<DataError>(HasSubstr("1.fused")));
}

TEST_F(ServedBlend, GivenCandidatesAreRanked) {
  const Recommender recommender = open(BlendBy::rank);
  const std::vector<User> users{{"u0", {}, {}, {}}, {"u4", {}, {}, {}}};
  const std::vector<std::vector<std::string>> candidates{{"a", "h", "i"}, {"a", "h"}};
  const auto results = recommender.rank_candidates(pool_, users, candidates);
  EXPECT_THAT(results[0].items, SizeIs(3));
  for (const ScoredItem& item : results[0].items) {
    EXPECT_NEAR(item.score, recommender.explain(users[0], item.item).score, 1e-6);
  }
  EXPECT_TRUE(results[1].popular);
}

}  // namespace
}  // namespace monet::recommend
