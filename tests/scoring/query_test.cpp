#include "monet/scoring/query.h"

#include "monet/core/error.h"
#include "tests/rank/problem.h"

#include <gmock/gmock.h>

#include <functional>
#include <limits>
#include <vector>

namespace monet::scoring {
namespace {

using monet::testing::Problem;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using List = std::vector<std::int32_t>;

TEST(Query, OfAKnownUserIsTheEmbeddingAndTheHistory) {
  const Problem problem(5, 10, 3, 0.5, {2, 0, 4});
  const Query query = known_user(problem.scoring, 2);
  EXPECT_EQ(query.embedding.data(), problem.scoring.user_embedding.row(2));
  EXPECT_EQ(query.embedding.size(), 3U);
  EXPECT_THAT(query.history, ElementsAreArray(problem.history.row(2)));
  EXPECT_TRUE(query.exclude.empty());
  EXPECT_FALSE(query.only.has_value());
  for (const std::int32_t user : {-1, 5}) EXPECT_THROW(known_user(problem.scoring, user), InvalidArgument);
  Scoring fewer = problem.scoring;
  fewer.user_embedding = fewer.user_embedding.row_range(0, 4);
  EXPECT_THROW(known_user(fewer, 0), DataError);
}

TEST(Query, ThatDoesNotFitIsRefusedByItsPlaceInTheBatch) {
  const Problem problem(4, 10, 3, 0.5, {2});
  const Items items = problem.items();
  const auto checked = [&](const std::function<void(Query&)>& change) {
    return [&, change] {
      std::vector<Query> queries = problem.queries();
      change(queries[2]);
      check(items, queries);
    };
  };
  EXPECT_NO_THROW(checked([](Query&) {})());
  EXPECT_THAT(checked([](Query& query) { query.embedding = query.embedding.first(2); }),
              ThrowsMessage<DataError>(HasSubstr("query 2 has 2 columns")));
  const std::vector<float> broken = {0.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F};
  EXPECT_THAT(checked([&](Query& query) { query.embedding = broken; }),
              ThrowsMessage<DataError>(HasSubstr("query 2 has a value that is not finite")));
  const std::vector<float> huge = {1e25F, 0.0F, 0.0F};
  EXPECT_THAT(checked([&](Query& query) { query.embedding = huge; }), ThrowsMessage<DataError>(HasSubstr("overflow")));
  for (const List& list : {List{3, 2}, List{1, 1}, List{-1, 2}, List{2, 10}}) {
    EXPECT_THAT(checked([&](Query& query) { query.history = list; }),
                ThrowsMessage<DataError>(HasSubstr("history of query 2")));
    EXPECT_THAT(checked([&](Query& query) { query.exclude = list; }),
                ThrowsMessage<InvalidArgument>(HasSubstr("exclusions of query 2")));
    EXPECT_THAT(checked([&](Query& query) { query.only = list; }),
                ThrowsMessage<InvalidArgument>(HasSubstr("only candidates of query 2")));
  }
}

TEST(Query, WithoutHistoryNeedsNoEmbedding) {
  const Problem problem(4, 10, 3, 0.5, {2});
  const std::vector<Query> queries(1);
  EXPECT_NO_THROW(check(problem.items(), queries));
}

}  // namespace
}  // namespace monet::scoring
