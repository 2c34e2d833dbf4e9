// Bodies of requests: what is right is read, what is wrong is named with its place.
#include "monet/api/body.h"
#include "monet/api/asks.h"

#include <gmock/gmock.h>

namespace monet::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

template <class Read>
void expect_refused(const Read& read, const char* words) {
  EXPECT_THAT(read, ThrowsMessage<Problem>(HasSubstr(words)));
  try {
    read();
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.status(), 400);
  }
}

TEST(Body, TextThatIsNoJsonIsRefusedWithThePlace) {
  expect_refused([] { parse_json(""); }, "empty");
  expect_refused([] { parse_json("{\"a\": }"); }, "byte 7");
  expect_refused([] { parse_json("{\"a\": \"\xff\"}"); }, "no JSON");
  expect_refused([] { parse_json("{\"k\": 1e400}"); }, "too large");
  expect_refused([] { parse_json(std::string(100'000, '[')); }, "nests more than 16");
  std::string objects;
  for (int d = 0; d < 5000; ++d) objects += "{\"a\":";
  expect_refused([&] { parse_json(objects); }, "nests more than 16");
  EXPECT_EQ(parse_json(std::string(16, '[') + std::string(16, ']')).dump().size(), 32U);
}

TEST(Body, AnAskIsReadWhole) {
  const serve::Ask ask =
      ask_of(parse_json(R"({"user": "u", "history": ["a", "b"], "k": 7, "beta": 0.25, "explain": true,
    "drivers": 5, "rules": {"exclude": ["c"], "only": [], "categories": ["x"], "price": {"least": 1, "most": 2.5},
    "available": false, "seen": true, "most_per_category": 2, "diversity": 0.5, "pinned": ["p"]}})"));
  EXPECT_EQ(ask.user, "u");
  EXPECT_THAT(ask.history, ElementsAre("a", "b"));
  EXPECT_EQ(ask.k, 7);
  EXPECT_EQ(ask.beta, 0.25F);
  EXPECT_TRUE(ask.explain);
  EXPECT_EQ(ask.max_drivers, 5);
  EXPECT_THAT(ask.rules.exclude, ElementsAre("c"));
  EXPECT_EQ(ask.rules.only->size(), 0U);
  EXPECT_EQ(ask.rules.price->least, 1.0);
  EXPECT_EQ(ask.rules.price->most, 2.5);
  EXPECT_FALSE(ask.rules.available);
  EXPECT_TRUE(ask.rules.seen);
  EXPECT_EQ(ask.rules.most_per_category, 2);
  EXPECT_EQ(ask.rules.diversity, 0.5);
  EXPECT_THAT(ask.rules.pinned, ElementsAre("p"));
  const serve::Ask empty = ask_of(parse_json(R"({"user": null})"));
  EXPECT_EQ(empty.user, std::nullopt);
  EXPECT_EQ(empty.k, 20);
  EXPECT_TRUE(empty.rules.available);
}

TEST(Body, WhatIsWrongIsNamedWithItsPlace) {
  const auto refused = [](const char* text, const char* words) {
    expect_refused([&] { ask_of(parse_json(text)); }, words);
  };
  refused("[]", "the body must be a JSON object");
  refused(R"({"user": 3})", "user must be a text");
  refused(R"({"k": 2.5})", "k must be a whole number of at least 1");
  refused(R"({"k": 0})", "k must be");
  refused(R"({"k": 18446744073709551615})", "k must be");
  refused(R"({"beta": "0.3"})", "beta must be a number");
  refused(R"({"history": ["a", 3]})", "history must be a list of texts");
  refused(R"({"histroy": []})", "'histroy'");
  refused(R"({"rules": {"price": {"least": "1"}}})", "rules.price.least");
  refused(R"({"rules": {"price": {"from": 1}}})", "'rules.price.from'");
  refused(R"({"rules": {"available": 1}})", "rules.available must be true or false");
}

TEST(Body, AQuerySaysTheSame) {
  http::Request request;
  request.query = {{"k", "5"},       {"explain", "true"}, {"exclude", "a,b"}, {"least_price", "1.5"},
                   {"seen", "true"}, {"beta", "1"}};
  const serve::Ask ask = ask_of(request, "u");
  EXPECT_EQ(ask.user, "u");
  EXPECT_EQ(ask.k, 5);
  EXPECT_TRUE(ask.explain);
  EXPECT_THAT(ask.rules.exclude, ElementsAre("a", "b"));
  EXPECT_EQ(ask.rules.price->least, 1.5);
  EXPECT_TRUE(ask.rules.seen);
  EXPECT_EQ(ask.beta, 1.0F);
  for (const auto& [name, value] :
       std::vector<http::Request::Pair>{{"k", "five"}, {"seen", "yes"}, {"K", "5"}, {"beta", "nan"}, {"k", "1e99"}}) {
    request.query = {{name, value}};
    expect_refused([&] { ask_of(request, "u"); }, name.c_str());
  }
}

}  // namespace
}  // namespace monet::api
