// Requests through the table of routes, without a network: status, body, rights.
#include "tests/api/service_fixture.h"

namespace monet::api {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ServiceTest, RecommendationsByGetAndPostAreTheEngines) {
  const Sent got = send("GET", "/v1/users/u1/recommendations?k=3");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(items(got.body), test::names(test::answer_of(*engine_, {.user = "u1", .k = 3})));
  EXPECT_EQ(got.body.at("user"), "u1");
  EXPECT_EQ(got.body.at("history"), 2);
  EXPECT_TRUE(got.body.at("fallback").is_null());
  EXPECT_EQ(got.body.at("exact"), "scanned");
  EXPECT_EQ(got.body.at("artifact"), engine_->loaded()->version);
  EXPECT_EQ(got.body.at("items")[0].at("rank"), 1);
  const Sent posted = send("POST", "/v1/recommendations", R"({"user": "u1", "k": 3})");
  EXPECT_EQ(items(posted.body), items(got.body));
  const Sent quick = send("POST", "/v1/recommendations", R"({"user": "u1", "k": 3, "exact": false})");
  EXPECT_EQ(items(quick.body), items(got.body)) << "there is no index";
  EXPECT_EQ(send("GET", "/v1/users/u1/recommendations?exact=false").status, 200);
  EXPECT_EQ(send("GET", "/v1/users/u1/recommendations?exact=perhaps").status, 400);
  const Sent status = send("GET", "/v1/status");
  EXPECT_TRUE(status.body.at("artifact").at("candidates").is_null());
  EXPECT_GE(status.body.at("lists").at("scanned"), 4);
  EXPECT_THAT(send("GET", "/metrics").whole.body, HasSubstr("monet_lists_scanned "));
  const Sent nobody = send("POST", "/v1/recommendations", "{}");
  EXPECT_EQ(nobody.body.at("fallback"), "popularity");
  EXPECT_TRUE(nobody.body.at("user").is_null());
}

TEST_F(ServiceTest, ExplanationsNamePastItems) {
  const Sent sent = send("GET", "/v1/users/u1/recommendations?k=1&explain=true");
  const Json& why = sent.body.at("items")[0].at("explanation");
  EXPECT_EQ(why.at("because").size(), 2U);
  EXPECT_NEAR(why.at("general").at("share").get<double>() + why.at("target_oriented").at("share").get<double>(), 1.0,
              1e-6);
}

TEST_F(ServiceTest, OneBadRequestOfABatchCostsTheOthersNothing) {
  const Sent sent =
      send("POST", "/v1/recommendations:batch",
           R"({"requests": [{"user": "u1", "k": 2}, {"k": "two"}, {"history": ["a"], "k": 1}, {"k": 9999}]})");
  EXPECT_EQ(sent.status, 200);
  const Json& answers = sent.body.at("answers");
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(items(answers[0]).size(), 2U);
  EXPECT_EQ(answers[1].at("error").at("status"), 400);
  EXPECT_EQ(items(answers[2]).size(), 1U);
  EXPECT_THAT(answers[3].at("error").at("detail").get<std::string>(), HasSubstr("k is 9999"));
  EXPECT_EQ(send("POST", "/v1/recommendations:batch", R"({"requests": []})").status, 400);
}

TEST_F(ServiceTest, AnInteractionCountsInTheNextAnswer) {
  const std::string first = items(send("GET", "/v1/users/u1/recommendations").body).front();
  const Json interaction{{"user", "u1"}, {"item", first}, {"time", "2025-01-02T03:04:05Z"}};
  const Sent recorded = send("POST", "/v1/interactions", interaction.dump(), {{"Idempotency-Key", "click-1"}});
  EXPECT_EQ(recorded.status, 201);
  EXPECT_EQ(recorded.body, Json::parse(R"({"added": 1, "duplicates": 0})"));
  EXPECT_EQ(
      send("POST", "/v1/interactions", interaction.dump(), {{"Idempotency-Key", "click-1"}}).body.at("duplicates"), 1);
  const Sent after = send("GET", "/v1/users/u1/recommendations");
  EXPECT_THAT(items(after.body), Not(Contains(first)));
  EXPECT_EQ(after.body.at("fresh"), 1);
  const Sent user = send("GET", "/v1/users/u1");
  EXPECT_EQ(user.body.at("fresh")[0].at("item"), first);
  EXPECT_EQ(user.body.at("trained").size(), 2U);
  const Sent data = send("GET", "/v1/users/u1/data");
  EXPECT_EQ(data.body.at("interactions")[0].at("time"), "2025-01-02T03:04:05Z");
  EXPECT_EQ(data.body.at("interactions")[0].at("kind"), "click");
}

TEST_F(ServiceTest, ABodyOfInteractionsIsWrittenWholeOrNotAtAll) {
  const Sent wrong =
      send("POST", "/v1/interactions",
           R"({"interactions": [{"user": "u1", "item": "a"}, {"user": "u1", "item": "h", "time": "soon"}]})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body.at("detail").get<std::string>(), HasSubstr("interactions[1].time"));
  EXPECT_EQ(engine_->live().num_events(), 0U);
  EXPECT_EQ(send("POST", "/v1/interactions", R"({"user": "u1"})").status, 400);
  const Sent control = send("POST", "/v1/interactions", R"({"user": "u\u00001", "item": "a"})");
  EXPECT_EQ(control.status, 400);
  const Sent many =
      send("POST", "/v1/interactions", R"({"interactions": [{"user": "x", "item": "a"}, {"user": "x", "item": "h"}]})",
           {{"Idempotency-Key", "k"}});
  EXPECT_EQ(many.body.at("added"), 2);
}

TEST_F(ServiceTest, ItemsAreMadeChangedFoundAndDeleted) {
  EXPECT_EQ(send("GET", "/v1/items/h").body.at("title"), "Ü") << "the artifact knows it";
  EXPECT_EQ(send("GET", "/v1/items?search=fig").body.at("items")[0].at("item"), "f\\g");
  const Sent put = send("PUT", "/v1/items/h", R"({"title": "<b>Hat</b>", "categories": ["hats"], "price": 3.5})");
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.body.at("title"), "<b>Hat</b>");
  EXPECT_EQ(put.body.at("recommendable"), true);
  EXPECT_THAT(items(send("GET", "/v1/users/u1/recommendations?categories=hats").body), ElementsAre("h"));
  EXPECT_EQ(send("PATCH", "/v1/items/h", R"({"price": null, "available": false})").body.contains("price"), false);
  EXPECT_THAT(items(send("GET", "/v1/users/u1/recommendations").body), Not(Contains("h")));
  EXPECT_EQ(send("GET", "/v1/items?search=hat").body.at("items").size(), 1U);
  EXPECT_EQ(send("PUT", "/v1/items/new", R"({"title": "New"})").body.at("recommendable"), false);
  EXPECT_EQ(send("DELETE", "/v1/items/h").status, 204);
  EXPECT_EQ(send("GET", "/v1/items/h").status, 404);
  EXPECT_EQ(send("DELETE", "/v1/items/h").status, 404);
  EXPECT_EQ(send("PATCH", "/v1/items/nobody", R"({"hidden": true})").status, 404);
  EXPECT_EQ(send("PUT", "/v1/items/x", R"({"price": -1})").status, 400);
  EXPECT_EQ(send("PUT", "/v1/items/x", R"({"features": {"image": [1, "2"]}})").status, 400);
}

TEST_F(ServiceTest, SimilarItemsAndWhatTheyMayGoBy) {
  const Sent near = send("GET", "/v1/items/a/similar?k=2");
  EXPECT_EQ(near.body.at("by"), "fused");
  EXPECT_EQ(near.body.at("items").size(), 2U);
  EXPECT_EQ(send("GET", "/v1/items/nobody/similar").status, 404);
  EXPECT_EQ(send("GET", "/v1/items/a/similar?by=sound").status, 400);
  EXPECT_EQ(send("GET", "/v1/items/a/similar?k=0").status, 400);
}

TEST_F(ServiceTest, UsersOfArtifactAndStoreAreListedTogether) {
  send("POST", "/v1/interactions", R"({"user": "u11", "item": "a"})");
  const Sent all = send("GET", "/v1/users?search=u1");
  ASSERT_EQ(all.body.at("users").size(), 2U);
  EXPECT_EQ(all.body.at("users")[0], Json::parse(R"({"user": "u1", "history": 2})"));
  EXPECT_EQ(all.body.at("users")[1], Json::parse(R"({"user": "u11", "history": 1})"));
  const Sent page = send("GET", "/v1/users?limit=2&after=u0");
  EXPECT_EQ(page.body.at("next"), "u11");
  EXPECT_EQ(send("DELETE", "/v1/users/u11").body.at("interactions"), 1);
  EXPECT_EQ(send("GET", "/v1/users/u11").body.at("known"), false);
}

TEST_F(ServiceTest, KeysAllowWhatTheirRoleDoes) {
  ServiceOptions options;
  options.keys = keys("read " + sha256("r") + "\nwrite " + sha256("w") + "\nadmin " + sha256("a") + "\nread " +
                      sha256("slow") + " 1\n");
  open(std::move(options));
  const Headers read{{"Authorization", "Bearer r"}};
  const Headers write{{"X-API-Key", "w"}};
  const Headers admin{{"Authorization", "Bearer a"}};
  const Sent without = send("GET", "/v1/users/u1");
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(header(without, "WWW-Authenticate"), "Bearer");
  EXPECT_EQ(send("GET", "/v1/users/u1", "", {{"Authorization", "Bearer wrong"}}).status, 401);
  EXPECT_EQ(send("GET", "/v1/users/u1", "", read).status, 200);
  EXPECT_EQ(send("POST", "/v1/interactions", R"({"user": "u1", "item": "a"})", read).status, 403);
  EXPECT_EQ(engine_->live().num_events(), 0U);
  EXPECT_EQ(send("POST", "/v1/interactions", R"({"user": "u1", "item": "a"})", write).status, 201);
  EXPECT_EQ(send("DELETE", "/v1/users/u1", "", write).status, 403);
  EXPECT_EQ(send("DELETE", "/v1/users/u1", "", admin).status, 200);
  EXPECT_EQ(send("GET", "/healthz").status, 200) << "for everybody";
  const Headers slow{{"Authorization", "Bearer slow"}};
  EXPECT_EQ(send("GET", "/v1/users/u1", "", slow).status, 200);
  EXPECT_EQ(header(send("GET", "/v1/users/u1", "", slow), "Retry-After"), "60");
}

TEST_F(ServiceTest, WhatIsNotThereAndWhatIsNotAnswered) {
  EXPECT_EQ(send("GET", "/v2/users").status, 404);
  const Sent method = send("PUT", "/v1/interactions", "{}");
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(header(method, "Allow"), "POST");
  const Sent untyped = send("POST", "/v1/interactions", "", {{"Content-Type", "text/plain"}});
  EXPECT_EQ(untyped.status, 415);
  EXPECT_EQ(untyped.body.at("status"), 415);
  EXPECT_EQ(send("GET", "/v1/users/u1/recommendations?n=3").status, 400);
  EXPECT_EQ(send("HEAD", "/healthz").status, 200);
}

TEST_F(ServiceTest, OtherSitesMayAskOnlyWhereThatWasAllowed) {
  const Headers origin{{"Origin", "https://shop.example"}};
  EXPECT_EQ(header(send("GET", "/v1/users/u1", "", origin), "Access-Control-Allow-Origin"), "");
  ServiceOptions options;
  options.origins = {"https://shop.example"};
  open(std::move(options));
  EXPECT_EQ(header(send("GET", "/v1/users/u1", "", origin), "Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_EQ(
      header(send("GET", "/v1/users/u1", "", {{"Origin", "https://other.example"}}), "Access-Control-Allow-Origin"),
      "");
  const Sent preflight = send("OPTIONS", "/v1/interactions", "", origin);
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(header(preflight, "Access-Control-Allow-Methods"), "POST");
}

TEST_F(ServiceTest, TheLogHoldsNoUserAndPassesTheTraceOn) {
  std::vector<std::string> lines;
  ServiceOptions options;
  options.access_log = [&](std::string_view line) { lines.emplace_back(line); };
  open(std::move(options));
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const Sent sent = send("GET", "/v1/users/u1", "", {{"traceparent", trace}});
  EXPECT_EQ(header(sent, "traceparent"), trace);
  ASSERT_EQ(lines.size(), 1U);
  const Json line = Json::parse(lines[0]);
  EXPECT_EQ(line.at("route"), "/v1/users/{user}");
  EXPECT_EQ(line.at("status"), 200);
  EXPECT_EQ(line.at("trace"), trace);
  EXPECT_THAT(lines[0], Not(HasSubstr("u1")));
  EXPECT_EQ(header(send("GET", "/v1/users/u1", "", {{"traceparent", "not one"}}), "traceparent"), "");
}

TEST_F(ServiceTest, WhatTheServerRefusesItselfIsCountedAndLogged) {
  std::vector<std::string> lines;
  ServiceOptions options;
  options.access_log = [&](std::string_view line) { lines.emplace_back(line); };
  open(std::move(options));
  http::Request large;
  large.method = "POST";
  large.segments = {"v1", "interactions"};
  service_->refused(large, 413);
  http::Request unread;
  unread.method = "BREW";
  service_->refused(unread, 501);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(Json::parse(lines[0]).at("route"), "/v1/interactions");
  EXPECT_EQ(Json::parse(lines[0]).at("status"), 413);
  EXPECT_EQ(Json::parse(lines[1]).at("method"), "other");
  EXPECT_THAT(service_->metrics().text(),
              HasSubstr("monet_requests_total{method=\"POST\",route=\"/v1/interactions\",status=\"413\"} 1"));
  EXPECT_EQ(service_->metrics().requests().at("refused"), 1);
}

TEST_F(ServiceTest, StatusMetricsReadinessAndReload) {
  send("GET", "/v1/users/u1/recommendations");
  const Sent status = send("GET", "/v1/status");
  EXPECT_EQ(status.body.at("artifact").at("model"), "monet");
  EXPECT_EQ(status.body.at("requests").at("recommendations"), 1);
  EXPECT_EQ(status.body.at("catalogue").at("items"), 7);
  EXPECT_THAT(std::string(send("GET", "/metrics").whole.content()), HasSubstr("monet_requests_total"));
  EXPECT_EQ(send("POST", "/v1/reload").body.at("changed"), false);
  shop_.write_artifact(2.0F);
  EXPECT_EQ(send("POST", "/v1/reload").body.at("changed"), true);
  shop_.damage_artifact();
  EXPECT_EQ(send("POST", "/v1/reload").status, 409);
  EXPECT_EQ(send("GET", "/v1/users/u1/recommendations").status, 200);
  EXPECT_EQ(send("GET", "/readyz").status, 200);
  service_->stop_being_ready();
  EXPECT_EQ(send("GET", "/readyz").status, 503);
  EXPECT_EQ(send("GET", "/healthz").status, 200);
}

TEST_F(ServiceTest, ATrainingIsStartedOnceAndStandsInTheStatus) {
  EXPECT_EQ(send("POST", "/v1/retrain").status, 404) << "nobody trains here";
  EXPECT_FALSE(send("GET", "/v1/status").body.contains("retraining"));
  bool running = false;
  ServiceOptions options;
  options.keys = keys("read " + sha256("r") + "\nwrite " + sha256("w") + "\nadmin " + sha256("a") + "\n");
  options.retrain = [&running] { return !std::exchange(running, true); };
  options.retraining = [&running] { return running ? R"({"state": "running"})" : R"({"state": "idle"})"; };
  open(std::move(options));
  const auto with = [](const char* key) { return Headers{{"Authorization", std::string("Bearer ") + key}}; };
  EXPECT_EQ(send("GET", "/v1/status", {}, with("r")).body.at("retraining").at("state"), "idle");
  EXPECT_EQ(send("POST", "/v1/retrain", {}, with("w")).status, 403);
  EXPECT_FALSE(running);
  const Sent started = send("POST", "/v1/retrain", {}, with("a"));
  EXPECT_EQ(started.status, 202);
  EXPECT_EQ(started.body.at("state"), "running");
  EXPECT_EQ(send("POST", "/v1/retrain", {}, with("a")).status, 409);
  EXPECT_EQ(send("GET", "/v1/status", {}, with("r")).body.at("retraining").at("state"), "running");
}

TEST_F(ServiceTest, TheDocumentAndThePage) {
  ServiceOptions options;
  options.pages.push_back({"/", "text/html", std::make_shared<const std::string>("<p>hello"), "\"1\""});
  options.page_policy = "default-src 'none'";
  open(std::move(options));
  const Sent document = send("GET", "/v1/openapi.json");
  EXPECT_TRUE(document.body.at("paths").contains("/v1/users/{user}/recommendations"));
  EXPECT_FALSE(document.body.at("paths").contains("/"));
  const Sent page = send("GET", "/");
  EXPECT_EQ(page.whole.content(), "<p>hello");
  EXPECT_EQ(header(page, "Content-Security-Policy"), "default-src 'none'");
  EXPECT_EQ(send("GET", "/", "", {{"If-None-Match", "\"1\""}}).status, 304);
}

TEST_F(ServiceTest, WhenTooMuchWaitsTheAnswerIs503AtOnce) {
  ServiceOptions options;
  options.queue.most_waiting = 0;
  open(std::move(options));
  const Sent busy = send("GET", "/v1/users/u1/recommendations");
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(header(busy, "Retry-After"), "1");
  EXPECT_EQ(send("GET", "/v1/users/u1").status, 503);
  EXPECT_EQ(send("GET", "/healthz").status, 200);
}

}  // namespace
}  // namespace monet::api
