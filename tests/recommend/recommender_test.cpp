// The contract by external ids, on a small artifact: against the layers below, which work by index.
#include "monet/recommend/recommender.h"

#include "monet/core/error.h"
#include "monet/rank/scores.h"
#include "tests/artifact/small_artifact.h"

#include <gmock/gmock.h>

#include <cmath>
#include <thread>

namespace monet::recommend {
namespace {

using test::ScopedFolder;
using test::SmallModel;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

std::vector<std::string> names(const std::vector<ScoredItem>& items) {
  std::vector<std::string> result;
  for (const ScoredItem& item : items) result.push_back(item.item);
  return result;
}

User user(const std::string& id) {
  return {id, {}, {}, {}};
}

class RecommenderTest : public ::testing::Test {
 protected:
  Recommender open(const train::ArtifactContents& contents) {
    train::write_artifact(folder_ / "model", contents, true);
    return Recommender::open(folder_ / "model");
  }

  std::vector<double> exact_scores(std::int32_t user, const std::vector<std::int32_t>& items) const {
    const train::ArtifactContents contents = model_.contents();
    std::vector<double> scores(items.size());
    rank::score_items(scoring::Items(contents.scoring), scoring::known_user(contents.scoring, user), items, scores);
    return scores;
  }

  ScopedFolder folder_;
  SmallModel model_;
  Recommender recommender_ = open(model_.contents());
  ThreadPool pool_{1};
};

TEST_F(RecommenderTest, AKnownUserGetsTheBestItemsOutsideTheHistory) {
  const Recommendations result = recommender_.recommend(user("u1"));
  EXPECT_EQ(result.user, "u1");
  EXPECT_EQ(result.history, 2);
  EXPECT_FALSE(result.popular);
  EXPECT_THAT(names(result.items), UnorderedElementsAre("a", "f\\g", "h", "i", "j\r"));
  const std::vector<double> scores = exact_scores(1, {0, 3, 4, 5, 6});
  const std::vector<std::string> ids{"a", "f\\g", "h", "i", "j\r"};
  for (std::size_t r = 0; r < result.items.size(); ++r) {
    const auto at = std::find(ids.begin(), ids.end(), result.items[r].item) - ids.begin();
    EXPECT_NEAR(result.items[r].score, scores[static_cast<std::size_t>(at)], 1e-6);
    EXPECT_FALSE(result.items[r].explanation.has_value());
    if (r > 0) {
      EXPECT_LE(result.items[r].score, result.items[r - 1].score);
    }
  }
  for (const ScoredItem& item : result.items) {
    if (item.item == "a") {
      EXPECT_EQ(item.title, "Apple");
    }
  }
}

TEST_F(RecommenderTest, AUserWithoutPastItemsGetsPopularity) {
  for (const User& nobody : {user("u4"), User{}}) {
    const Recommendations result = recommender_.recommend(nobody);
    EXPECT_TRUE(result.popular);
    EXPECT_EQ(result.history, 0);
    EXPECT_THAT(names(result.items), ElementsAre("a", "d\ne", "b\tc", "f\\g", "h", "i", "j\r"));
    EXPECT_EQ(result.items[0].score, 2.0F);
  }
}

TEST_F(RecommenderTest, EveryKindOfUserSharesABatch) {
  const std::vector<User> users{user("u0"),
                                {std::nullopt, {"h", "a"}, {}, {}},
                                {"u2", {"i", "h"}, {}, {}},
                                user("u4"),
                                {"u1", {}, {"a"}, {{"a", "h", "i", "b\tc"}}}};
  Options options;
  options.k = 3;
  options.exclude = {"j\r"};
  const std::vector<Recommendations> together = recommender_.recommend(pool_, users, options);
  ASSERT_THAT(together, SizeIs(5));
  for (std::size_t u = 0; u < users.size(); ++u) {
    const Recommendations alone = recommender_.recommend(users[u], options);
    EXPECT_EQ(names(together[u].items), names(alone.items));
    EXPECT_EQ(together[u].user, users[u].id);
    EXPECT_THAT(names(alone.items), ::testing::Not(::testing::Contains("j\r")));
  }
  EXPECT_EQ(together[1].history, 2);
  EXPECT_EQ(together[2].history, 2) << "u2 had h, and gained i";
  EXPECT_THAT(names(together[4].items), UnorderedElementsAre("h", "i")) << "the only ones but for a and the history";
}

TEST_F(RecommenderTest, ListsByRowAreTheSameLists) {
  const std::vector<User> users{user("u0"), {std::nullopt, {"h", "a"}, {}, {}}, user("u4")};
  Options options;
  options.k = 3;
  options.exclude = {"j\r"};
  options.beta = 0.7F;
  const std::vector<Recommendations> named = recommender_.recommend(pool_, users, options);
  const candidates::Result rows = recommender_.recommend_rows(pool_, users, options);
  for (std::size_t u = 0; u < users.size(); ++u) {
    const auto row = static_cast<Index>(u);
    ASSERT_EQ(rows.ranking.row(row).size(), named[u].items.size());
    for (std::size_t at = 0; at < named[u].items.size(); ++at) {
      EXPECT_EQ(recommender_.items().id(rows.ranking.row(row)[at]), named[u].items[at].item);
      EXPECT_EQ(rows.ranking.scores(row, static_cast<Index>(at)), named[u].items[at].score);
    }
    EXPECT_EQ(rows.ranking.popular[u] != 0, named[u].popular);
  }
}

TEST_F(RecommenderTest, ANewUserIsFoldedIn) {
  const train::ArtifactContents contents = model_.contents();
  const std::vector<std::int32_t> history{0, 4};
  const std::vector<float> embedding = rank::fold_in_user({model_.foldin, {}}, history);
  scoring::Query query;
  query.embedding = embedding;
  query.history = history;
  const std::vector<std::int32_t> items{1};
  std::vector<double> score(1);
  rank::score_items(scoring::Items(contents.scoring), query, items, score);
  EXPECT_NEAR(recommender_.explain({std::nullopt, {"h", "a"}, {}, {}}, "b\tc").score, score[0], 1e-6);
}

TEST_F(RecommenderTest, OnlyTheseItemsAreRanked) {
  Options options;
  options.only = {{"j\r", "a", "h"}};
  const Recommendations result = recommender_.recommend(user("u1"), options);
  EXPECT_THAT(names(result.items), UnorderedElementsAre("a", "h", "j\r"));
  const Recommendations all = recommender_.recommend(user("u1"));
  for (const ScoredItem& some : result.items) {
    for (const ScoredItem& any : all.items) {
      if (some.item == any.item) {
        EXPECT_NEAR(some.score, any.score, 1e-6);
      }
    }
  }
  options.only.emplace();
  EXPECT_THAT(recommender_.recommend(user("u1"), options).items, IsEmpty());
}

TEST_F(RecommenderTest, CandidatesAreRankedAsGiven) {
  const std::vector<User> users{user("u0"), user("u4")};
  const std::vector<std::vector<std::string>> candidates{{"a", "j\r", "a"}, {"i", "h", "b\tc"}};
  Options options;
  options.explain = true;
  const auto results = recommender_.rank_candidates(pool_, users, candidates, options);
  EXPECT_THAT(names(results[0].items), UnorderedElementsAre("a", "j\r")) << "a is of the history";
  EXPECT_NEAR(results[0].items[0].score + results[0].items[1].score, exact_scores(0, {0})[0] + exact_scores(0, {6})[0],
              1e-6);
  EXPECT_TRUE(results[0].items[0].explanation.has_value());
  EXPECT_THAT(names(results[1].items), ElementsAre("b\tc", "h", "i")) << "by popularity, ties by index";
  EXPECT_THROW(recommender_.rank_candidates(pool_, users, std::span(candidates).first(1)), InvalidArgument);
}

TEST_F(RecommenderTest, ExplanationsNamePastItemsAndModalities) {
  Options options;
  options.explain = true;
  options.max_drivers = 2;
  for (const ScoredItem& item : recommender_.recommend(user("u0"), options).items) {
    ASSERT_TRUE(item.explanation.has_value());
    const Explanation& why = *item.explanation;
    EXPECT_NEAR(why.general.value + why.target.value, item.score, 1e-6);
    EXPECT_NEAR(why.general.share + why.target.share, 1.0, 1e-9);
    ASSERT_THAT(why.drivers, SizeIs(2));
    for (const Driver& driver : why.drivers) {
      EXPECT_THAT((std::vector<std::string>{"a", "d\ne", "i"}), ::testing::Contains(driver.item));
    }
    ASSERT_THAT(why.modalities, SizeIs(2));
    EXPECT_EQ(why.modalities[0].name, "image");
    const ScoredItem alone = recommender_.explain(user("u0"), item.item, 2);
    EXPECT_NEAR(alone.score, item.score, 1e-6);
    EXPECT_EQ(alone.explanation->drivers[0].item, why.drivers[0].item);
  }
}

/// Cosine of columns [first, first + count) of two items.
double cosine(const Matrix<float>& items, Index a, Index b, Index first, Index count) {
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (Index c = first; c < first + count; ++c) {
    const auto x = static_cast<double>(items(a, c));
    const auto y = static_cast<double>(items(b, c));
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

TEST_F(RecommenderTest, SimilarItemsByCosineOfAllOrOneModality) {
  const std::vector<std::string> ids{"a", "b\tc", "d\ne", "f\\g", "h", "i", "j\r"};
  EXPECT_THAT(recommender_.similarities(), ElementsAre("fused", "model", "image", "text"));
  const struct {
    const char* by;
    Index first, count;
  } kinds[] = {{"fused", 0, 5}, {"image", 0, 2}, {"text", 2, 3}};
  for (const auto& kind : kinds) {
    const std::vector<std::string> wanted{"h", "a"};
    const auto results = recommender_.similar(pool_, wanted, 4, kind.by);
    ASSERT_THAT(results, SizeIs(2));
    EXPECT_EQ(results[0].item, "h");
    EXPECT_EQ(results[1].title, "Apple");
    EXPECT_EQ(results[0].by, kind.by);
    std::vector<std::pair<double, std::string>> expected;
    for (Index other = 0; other < 7; ++other) {
      if (other != 4)
        expected.emplace_back(-cosine(model_.items, 4, other, kind.first, kind.count),
                              ids[static_cast<std::size_t>(other)]);
    }
    std::sort(expected.begin(), expected.end());
    ASSERT_THAT(results[0].items, SizeIs(4));
    for (std::size_t r = 0; r < 4; ++r) {
      EXPECT_EQ(results[0].items[r].item, expected[r].second) << kind.by << ", rank " << r + 1;
      EXPECT_NEAR(results[0].items[r].score, -expected[r].first, 1e-6);
    }
  }
}

TEST_F(RecommenderTest, ADirectionlessItemHasNoNeighboursAndIsNone) {
  for (Index c = 0; c < 5; ++c) model_.items(6, c) = 0.0F;
  const Recommender recommender = open(model_.contents());
  const std::vector<std::string> items{"j\r", "a"};
  const auto results = recommender.similar(pool_, items, 10);
  EXPECT_THAT(results[0].items, IsEmpty());
  EXPECT_THAT(names(results[1].items), UnorderedElementsAre("b\tc", "d\ne", "f\\g", "h", "i"));
}

TEST_F(RecommenderTest, TheModelsOwnSimilarityOfAttentionIsTheProduct) {
  const std::vector<std::string> items{"h"};
  const auto result = recommender_.similar(pool_, items, 10, "model").front();
  ASSERT_THAT(result.items, SizeIs(6));
  double product = 0.0;
  for (Index c = 0; c < 5; ++c)
    product += static_cast<double>(model_.items(4, c)) * static_cast<double>(model_.items(0, c));
  for (const ScoredItem& item : result.items) {
    if (item.item == "a") {
      EXPECT_NEAR(item.score, product, 1e-6);
    }
  }
}

TEST_F(RecommenderTest, AnItemBasedModelHasItsOwnSimilarities) {
  train::ArtifactContents contents = model_.contents();
  contents.model = "itemknn";
  const Csr similarity(7, 7, {0, 3, 3, 3, 3, 3, 3, 3}, {0, 2, 5});
  const std::vector<float> values{9.0F, 0.25F, 0.5F};
  contents.scoring.kind = scoring::ScoreKind::item_similarity;
  contents.scoring.similarity = similarity;
  contents.scoring.similarity_values = values;
  contents.scoring.user_embedding = {};
  contents.scoring.item_embedding = {};
  contents.tensors.clear();
  contents.new_items.reset();
  const Recommender recommender = open(contents);
  EXPECT_THAT(recommender.similarities(), ElementsAre("model"));
  const std::vector<std::string> items{"a", "h"};
  const auto results = recommender.similar(pool_, items, 10, "model");
  EXPECT_THAT(names(results[0].items), ElementsAre("i", "d\ne")) << "not itself";
  EXPECT_THAT(results[1].items, IsEmpty());
  EXPECT_THAT([&] { recommender.similar(pool_, items, 10); },
              ThrowsMessage<DataError>(HasSubstr("no similarity `by` 'fused'; it has model")));
  EXPECT_TRUE(recommender.takes_history());
  const Recommendations result = recommender.recommend({std::nullopt, {"a"}, {}, {}}, {});
  EXPECT_EQ(result.items[0].item, "i");
}

TEST_F(RecommenderTest, WhatIsUnknownIsNamed) {
  const auto message = [&](const auto& call, const char* part) {
    EXPECT_THAT(call, ThrowsMessage<DataError>(HasSubstr(part)));
  };
  Options options;
  options.exclude = {"a", "nothing"};
  message([&] { recommender_.recommend(user("u0"), options); }, "unknown items in `exclude` 'nothing'");
  options.exclude = {};
  options.only = {{"never", "none"}};
  message([&] { recommender_.recommend(user("u0"), options); }, "unknown items in `only` 'never', 'none'");
  message([&] { recommender_.recommend(user("u9")); }, "unknown users 'u9'");
  message([&] { recommender_.recommend({"u0", {"zero"}, {}, {}}, {}); }, "unknown items in `history` 'zero'");
  message([&] { recommender_.recommend({"u0", {}, {"x"}, {}}, {}); }, "unknown items in `exclude` 'x'");
  message([&] { recommender_.recommend({"u0", {}, {}, {{"y"}}}, {}); }, "unknown items in `only` 'y'");
  const std::vector<std::string> items{"q"};
  message([&] { recommender_.similar(pool_, items); }, "unknown items 'q'");
  const std::vector<User> users{user("u0")};
  const std::vector<std::vector<std::string>> candidates{{"w"}};
  message([&] { recommender_.rank_candidates(pool_, users, candidates); }, "unknown items in `candidates` 'w'");
  EXPECT_THROW(recommender_.similar(pool_, {}, 10, "sound"), DataError);
  const std::vector<std::string> known{"a"};
  EXPECT_THROW(recommender_.similar(pool_, known, 0), InvalidArgument);
}

TEST_F(RecommenderTest, AModelThatCannotFoldInSaysSo) {
  train::ArtifactContents contents = model_.contents();
  contents.tensors.erase(contents.tensors.begin());
  contents.new_items->tables.pop_back();
  const Recommender recommender = open(contents);
  EXPECT_FALSE(recommender.takes_history());
  EXPECT_TRUE(recommender_.takes_history());
  EXPECT_THAT(
      [&] {
        recommender.recommend({std::nullopt, {"a"}, {}, {}}, {});
      },
      ThrowsMessage<DataError>(HasSubstr("cannot take a `history`")));
  EXPECT_THAT(recommender.recommend(user("u0")).items, SizeIs(4));
}

TEST_F(RecommenderTest, CallsMayRunAtTheSameTime) {
  const std::vector<std::string> expected = names(recommender_.recommend(user("u0")).items);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      ThreadPool own(1);
      const std::vector<std::string> items{"a"};
      for (int n = 0; n < 50; ++n) {
        wrong[t] += names(recommender_.recommend(user("u0")).items) != expected ? 1 : 0;
        wrong[t] += recommender_.similar(own, items, 3).front().items.size() != 3 ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST_F(RecommenderTest, StaysWholeWhenMoved) {
  const std::vector<std::string> expected = names(recommender_.recommend(user("u0")).items);
  const Recommender moved = std::move(recommender_);
  EXPECT_EQ(names(moved.recommend(user("u0")).items), expected);
}

}  // namespace
}  // namespace monet::recommend
