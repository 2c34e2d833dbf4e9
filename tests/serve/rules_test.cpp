// Each rule by itself, on a shelf of six items.
#include "monet/serve/rules.h"

#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <cmath>

namespace monet::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

std::vector<std::int32_t> rows(const std::vector<Candidate>& candidates) {
  std::vector<std::int32_t> result;
  for (const Candidate& candidate : candidates) result.push_back(candidate.row);
  return result;
}

class RulesTest : public ::testing::Test {
 protected:
  RulesTest() {
    shelf_.put(0, {{"mugs", "blue"}, 5.0, true, false, false});
    shelf_.put(1, {{"mugs"}, 10.0, false, false, false});
    shelf_.put(2, {{"bags"}, 20.0, true, true, false});
    shelf_.put(3, {{"bags", "blue"}, std::nullopt, true, false, false});
    shelf_.put(4, {{"mugs"}, 20.0, true, false, false});
  }

  Shelf shelf_{6};
};

TEST_F(RulesTest, WithoutARuleEverythingIsACandidate) {
  EXPECT_EQ(candidates_of(shelf_, {}), std::nullopt);
}

TEST_F(RulesTest, ACandidateHasOneOfTheCategories) {
  Rules rules;
  rules.categories = {"blue"};
  EXPECT_THAT(*candidates_of(shelf_, rules), ElementsAre(0, 3));
  rules.categories = {"blue", "mugs", "nothing is called so"};
  EXPECT_THAT(*candidates_of(shelf_, rules), ElementsAre(0, 1, 3, 4));
  rules.categories = {"nothing is called so"};
  EXPECT_THAT(*candidates_of(shelf_, rules), IsEmpty());
}

TEST_F(RulesTest, BothEndsBelongToAPriceRangeAndAnUnknownPriceToNone) {
  Rules rules;
  rules.price = {.least = 10.0, .most = 20.0};
  EXPECT_THAT(*candidates_of(shelf_, rules), ElementsAre(1, 2, 4));
  rules.price = {.least = {}, .most = 9.99};
  EXPECT_THAT(*candidates_of(shelf_, rules), ElementsAre(0));
  rules.categories = {"mugs"};
  rules.price = {.least = 10.0, .most = {}};
  EXPECT_THAT(*candidates_of(shelf_, rules), ElementsAre(1, 4)) << "both rules hold";
}

TEST_F(RulesTest, HiddenItemsAreAlwaysWithheldOthersWhereTheyAreNotAvailable) {
  EXPECT_THAT(withheld(shelf_, {}), ElementsAre(1, 2));
  Rules rules;
  rules.available = false;
  EXPECT_THAT(withheld(shelf_, rules), ElementsAre(2));
  shelf_.put(2, {});
  EXPECT_THAT(withheld(shelf_, rules), IsEmpty()) << "it was put again";
}

TEST_F(RulesTest, ACategoryIsListedAtMostSoOften) {
  const std::vector<Candidate> ranked{{0, 5}, {1, 4}, {3, 3}, {5, 2}, {2, 1}};
  EXPECT_THAT(rows(limited_per_category(shelf_, ranked, 1)), ElementsAre(0, 5, 2)) << "3 is blue, as 0 is";
  EXPECT_THAT(rows(limited_per_category(shelf_, ranked, 2)), ElementsAre(0, 1, 3, 5, 2));
}

// By hand: 0 first (largest score). λ = 0.5: of 1 (relevance 0.5, likeness to 0: 1) comes 0.25 - 0.5, of 2 (relevance
// 0, likeness 0) comes 0.
TEST(Diversified, TradesScoreForBeingUnlikeWhatIsListed) {
  const std::vector<Candidate> ranked{{0, 3.0}, {1, 2.0}, {2, 1.0}};
  const auto likeness = [](std::int32_t a, std::int32_t b) { return a + b == 1 ? 1.0 : 0.0; };
  EXPECT_THAT(rows(diversified(ranked, 0.5, 2, likeness)), ElementsAre(0, 2));
  EXPECT_THAT(rows(diversified(ranked, 0.0, 3, likeness)), ElementsAre(0, 1, 2)) << "by score alone";
  EXPECT_THAT(rows(diversified(ranked, 0.1, 3, likeness)), ElementsAre(0, 1, 2)) << "0.45 - 0.1 is above 0";
  EXPECT_THAT(diversified({}, 0.5, 2, likeness), IsEmpty());
}

TEST(Diversified, EqualScoresAreEquallyRelevant) {
  const std::vector<Candidate> ranked{{0, 1.0}, {1, 1.0}, {2, 1.0}};
  const auto likeness = [](std::int32_t a, std::int32_t b) { return a + b == 1 ? 1.0 : -1.0; };
  EXPECT_THAT(rows(diversified(ranked, 0.5, 3, likeness)), ElementsAre(0, 2, 1));
}

TEST(CheckRules, WhatMakesNoSenseIsNamed) {
  const auto refused = [](const Rules& rules, const char* word) {
    EXPECT_THAT([&] { check(rules); }, ThrowsMessage<InvalidArgument>(HasSubstr(word)));
  };
  refused({.diversity = 1.5}, "diversity");
  refused({.diversity = std::nan("")}, "diversity");
  refused({.most_per_category = -1}, "most_per_category");
  refused({.price = PriceRange{5.0, 4.0}}, "from 5 down to 4");
  refused({.exclude = {"a"}, .pinned = {"a"}}, "'a'");
  check({.price = PriceRange{5.0, 5.0}, .most_per_category = 1, .diversity = 1.0});
}

}  // namespace
}  // namespace monet::serve
