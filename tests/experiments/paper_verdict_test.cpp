// What the claims come down to, on made-up measurements.
#include "monet/experiments/paper/verdict.h"

#include "monet/core/rng.h"

#include <gmock/gmock.h>

namespace monet::experiments::paper {
namespace {

using Kind = PartPlan::Kind;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Users whose recall is around `level`, the same users for every method (`seed` draws what is the method's own).
std::vector<double> users_around(double level, std::uint64_t seed, std::size_t count = 400) {
  Rng common(1), own(seed);
  std::vector<double> users;
  for (std::size_t u = 0; u < count; ++u) users.push_back(level + 0.02 * common.normal() + 0.02 * own.normal());
  return users;
}

Observation accuracy(double level, std::uint64_t seed, std::vector<double> seeds) {
  Observation observation;
  observation.values["recall@20"].seeds = std::move(seeds);
  observation.users["recall@20"] = users_around(level, seed);
  return observation;
}

Observation difference(std::vector<double> seeds) {
  Observation observation;
  observation.values["avg.diff image"].seeds = std::move(seeds);
  return observation;
}

DatasetObservations dataset(std::map<std::string, Observation, std::less<>> methods) {
  DatasetObservations result;
  result.info.name = "shop";
  result.info.modalities = {"image"};
  result.methods = std::move(methods);
  return result;
}

Finding judge(const PartPlan& part, const DatasetObservations& measured) {
  return judge_parts({"x", "a claim", {part}}, measured).front().finding;
}

constexpr PartPlan kAbove{"a", Kind::above, "b"};
constexpr PartPlan kBelow{"a", Kind::below, "b", kEveryDifference};

TEST(Verdict, AnAccuracyMustBeAheadOverUsersAndOverSeeds) {
  const auto measured = [](double a, std::vector<double> seeds_a, double b, std::vector<double> seeds_b) {
    return dataset({{"a", accuracy(a, 2, std::move(seeds_a))}, {"b", accuracy(b, 3, std::move(seeds_b))}});
  };
  EXPECT_EQ(judge(kAbove, measured(0.2, {0.201, 0.199}, 0.1, {0.101, 0.099})), Finding::holds);
  EXPECT_EQ(judge(kAbove, measured(0.1, {0.101, 0.099}, 0.2, {0.201, 0.199})), Finding::contradicted);
  // Users tell them apart, seeds do not.
  EXPECT_EQ(judge(kAbove, measured(0.2, {0.35, 0.05}, 0.1, {0.101, 0.099})), Finding::open);
  // Seeds tell them apart, users do not.
  EXPECT_EQ(judge(kAbove, measured(0.1, {0.2, 0.2}, 0.1, {0.1, 0.1})), Finding::open);
  // With one seed the users alone decide.
  EXPECT_EQ(judge(kAbove, measured(0.2, {0.2}, 0.1, {0.1})), Finding::holds);
}

TEST(Verdict, PValuesOfAClaimAreCorrectedTogether) {
  // Alone each difference is just significant; among eight it is not.
  DatasetObservations measured = dataset({});
  ClaimPlan claim{"x", "ahead of all", {}};
  static constexpr std::array<std::string_view, 8> kOthers = {"b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"};
  std::vector<double> users(100), others(100, 0.0);
  for (std::size_t u = 0; u < users.size(); ++u) users[u] = 0.22 + (u % 2 == 0 ? 1.0 : -1.0);
  Observation a, b;
  a.values["recall@20"].seeds = {0.22};
  a.users["recall@20"] = users;
  b.values["recall@20"].seeds = {0.0};
  b.users["recall@20"] = others;
  measured.methods["a"] = a;
  for (const std::string_view other : kOthers) {
    measured.methods[std::string(other)] = b;
    claim.parts.push_back({"a", Kind::above, other});
  }
  EXPECT_EQ(judge({"a", Kind::above, "b0"}, measured), Finding::holds);
  for (const PartResult& part : judge_parts(claim, measured)) EXPECT_EQ(part.finding, Finding::open) << part.text;
}

TEST(Verdict, AverageDifferenceIsDecidedBySeeds) {
  const auto measured = [](std::vector<double> a, std::vector<double> b) {
    return dataset({{"a", difference(std::move(a))}, {"b", difference(std::move(b))}});
  };
  EXPECT_EQ(judge(kBelow, measured({0.20, 0.21}, {0.60, 0.61})), Finding::holds);
  EXPECT_EQ(judge(kBelow, measured({0.60, 0.61}, {0.20, 0.21})), Finding::contradicted);
  EXPECT_EQ(judge(kBelow, measured({0.20, 0.60}, {0.50, 0.52})), Finding::open);
  EXPECT_EQ(judge(kBelow, measured({0.20}, {0.60})), Finding::open);  // one seed decides nothing
}

TEST(Verdict, NearerToOneThanToTheOther) {
  constexpr PartPlan kNearer{"a", Kind::nearer, "b", kEveryDifference, "c"};
  const auto measured = [](double a) {
    return dataset({{"a", difference({a, a + 0.01})}, {"b", difference({0.2, 0.21})}, {"c", difference({0.8, 0.81})}});
  };
  EXPECT_EQ(judge(kNearer, measured(0.25)), Finding::holds);
  EXPECT_EQ(judge(kNearer, measured(0.75)), Finding::contradicted);
  EXPECT_EQ(judge(kNearer, measured(0.5)), Finding::open);
}

TEST(Verdict, WhatWasNotMeasuredSaysWhy) {
  DatasetObservations measured = dataset({{"a", accuracy(0.2, 2, {0.2})}, {"b", {}}});
  measured.methods["b"].problem = "needs item features";
  const std::vector<PartResult> parts = judge_parts({"x", "a claim", {kAbove, {"a", Kind::above, "c"}}}, measured);
  EXPECT_EQ(parts[0].finding, Finding::missing);
  EXPECT_THAT(parts[0].text, AllOf(HasSubstr("b"), HasSubstr("needs item features")));
  EXPECT_THAT(parts[1].text, HasSubstr("c: not run"));
  measured.info.modalities.clear();
  EXPECT_EQ(judge(kBelow, measured), Finding::missing);
}

TEST(Verdict, SaysWhichOfThePartsMethodsALimitCutOff) {
  DatasetObservations measured = dataset({{"a", accuracy(0.2, 2, {0.2})}, {"b", accuracy(0.1, 3, {0.1})}});
  EXPECT_THAT(judge_parts({"x", "a claim", {kAbove}}, measured)[0].text, ::testing::EndsWith(": holds"));
  measured.methods["b"].cut_off = 1;
  EXPECT_THAT(judge_parts({"x", "a claim", {kAbove}}, measured)[0].text,
              ::testing::EndsWith(": holds [cut off by a limit: b]"));
}

TEST(Verdict, OfAClaimFromItsParts) {
  const auto verdict = [](std::vector<Finding> findings) {
    std::vector<PartResult> parts;
    for (const Finding finding : findings) parts.push_back({finding, ""});
    return verdict_of(parts);
  };
  EXPECT_EQ(verdict({Finding::holds, Finding::holds}), "supported");
  EXPECT_EQ(verdict({Finding::holds, Finding::contradicted, Finding::missing}), "not supported");
  EXPECT_EQ(verdict({Finding::holds, Finding::open}), "undecided");
  EXPECT_EQ(verdict({Finding::holds, Finding::missing}), "undecided");
  EXPECT_EQ(verdict({Finding::missing, Finding::missing}), "cannot run");
}

TEST(Verdict, OverDatasets) {
  const auto over = [](std::vector<std::string_view> verdicts) { return overall(verdicts); };
  EXPECT_EQ(over({"supported", "cannot run"}), "supported");
  EXPECT_EQ(over({"supported", "undecided"}), "undecided");
  EXPECT_EQ(over({"supported", "undecided", "not supported"}), "not supported");
  EXPECT_EQ(over({"cannot run"}), "cannot run");
}

TEST(Verdict, OfFigure1) {
  ModalitySimilarity image;
  image.modality = "image";
  image.interacted = 0.5;
  image.not_interacted = 0.4;
  image.t.p = 1e-4;
  DatasetObservations measured = dataset({});
  measured.similarity = {image};
  EXPECT_EQ(judge_similarity(measured).front().finding, Finding::holds);
  EXPECT_THAT(judge_similarity(measured).front().text, HasSubstr("+25.00 %"));
  measured.similarity[0].t.p = 0.2;
  EXPECT_EQ(judge_similarity(measured).front().finding, Finding::open);
  measured.similarity.clear();
  measured.similarity_problem = "no item features";
  EXPECT_THAT(judge_similarity(measured).front().text, HasSubstr("no item features"));
  EXPECT_EQ(judge_similarity(measured).front().finding, Finding::missing);
}

TEST(Verdict, TheEvidenceHasThePapersFigures) {
  DatasetObservations women = dataset({{"monet", accuracy(0.2, 2, {0.2})}, {"monet:alpha=0", accuracy(0.1, 3, {0.1})}});
  women.paper = &paper_datasets().front();
  const auto parts = judge_parts({"x", "a claim", {{"monet", Kind::above, "monet:alpha=0"}}}, women);
  EXPECT_THAT(parts.front().text, AllOf(HasSubstr("+100.00 %"), HasSubstr("the paper +112.23 %"), HasSubstr("holds")));
}

}  // namespace
}  // namespace monet::experiments::paper
