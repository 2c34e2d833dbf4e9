// Requests through the table of routes, without a network: status, body, rights.
#include "monet/api/service.h"

#include "monet/features/image/image_features.h"
#include "tests/features/pictures.h"
#include "tests/serve/small_shop.h"

#include <gmock/gmock.h>

#include <future>
#include <sstream>
#include <utility>

namespace monet::api {
namespace {

using test::event;
using test::shop_item;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class ServiceTest : public ::testing::Test {
 protected:
  struct Sent {
    int status = 0;
    Json body;
    http::Response whole;
  };
  using Headers = std::vector<http::Request::Pair>;

  void open(ServiceOptions options = {}) { service_ = std::make_unique<Service>(*engine_, std::move(options)); }

  /// `target`: segments are split at slashes, a query after `?`.
  Sent send(const std::string& method, const std::string& target, const std::string& body = {}, Headers headers = {}) {
    if (!service_) open();
    http::Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    for (std::size_t begin = 1; begin < request.path.size();) {
      const std::size_t end = std::min(request.path.find('/', begin), request.path.size());
      std::string segment = request.path.substr(begin, end - begin);
      if (const std::size_t tab = segment.find("%09"); tab != std::string::npos) segment.replace(tab, 3, "\t");
      request.segments.push_back(std::move(segment));
      begin = end + 1;
    }
    if (const std::size_t query = target.find('?'); query != std::string::npos) {
      std::istringstream parts(target.substr(query + 1));
      for (std::string part; std::getline(parts, part, '&');) {
        request.query.emplace_back(part.substr(0, part.find('=')), part.substr(part.find('=') + 1));
      }
    }
    request.headers = std::move(headers);
    const bool said = request.header("Content-Type") != nullptr;
    if (!body.empty() && !said) request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    std::promise<http::Response> promise;
    service_->handle(std::move(request),
                     http::Reply([&](http::Response response) { promise.set_value(std::move(response)); }));
    Sent sent;
    sent.whole = promise.get_future().get();
    sent.status = sent.whole.status;
    sent.body = Json::parse(sent.whole.content(), nullptr, false);
    return sent;
  }
  static std::string header(const Sent& sent, const std::string& name) {
    for (const auto& [key, value] : sent.whole.headers) {
      if (key == name) return value;
    }
    return {};
  }
  static std::vector<std::string> items(const Json& answer) {
    std::vector<std::string> ids;
    for (const Json& item : answer.at("items")) ids.push_back(item.at("item"));
    return ids;
  }
  Keys keys(const std::string& lines) {
    test::write_bytes(folder_ / "keys", lines);
    return Keys::read(folder_ / "keys");
  }

  test::TemporaryFolder folder_;
  test::SmallShop shop_;
  std::unique_ptr<serve::Engine> engine_ = shop_.open_engine();
  std::unique_ptr<Service> service_;
};

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

TEST_F(ServiceTest, AnItemWithFeaturesIsRecommendedFromTheNextRequestOn) {
  Json item{{"title", "New"}};
  const Sent bare = send("PUT", "/v1/items/new", item.dump());
  EXPECT_EQ(bare.body.at("recommendable"), false);
  EXPECT_EQ(bare.body.at("reason"), "it has no features (image, text)");
  item["features"] = Json(shop_.liked_by(1));
  const Sent put = send("PUT", "/v1/items/new", item.dump());
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.body.at("recommendable"), true);
  EXPECT_FALSE(put.body.contains("reason"));
  EXPECT_EQ(items(send("GET", "/v1/users/u1/recommendations").body).front(), "new");
  EXPECT_EQ(send("GET", "/v1/items/new/similar?k=2").body.at("items").size(), 2U);
  EXPECT_EQ(send("GET", "/v1/items/new").body.at("recommendable"), true);
  const Sent status = send("GET", "/v1/status");
  EXPECT_EQ(status.body.at("catalogue").at("items"), 8);
  EXPECT_EQ(status.body.at("catalogue").at("added"), 1);
  EXPECT_EQ(status.body.at("artifact").at("features"), Json::parse(R"({"image": 4, "text": 6})"));
  EXPECT_EQ(send("DELETE", "/v1/items/new").status, 204);
  EXPECT_THAT(items(send("GET", "/v1/users/u1/recommendations").body), Not(Contains("new")));
  EXPECT_EQ(send("GET", "/v1/items/new/similar").status, 404);
}

TEST_F(ServiceTest, WrongFeaturesAreRefusedAndNothingIsKept) {
  const auto detail = [&](const std::string& features) {
    const Sent sent = send("PUT", "/v1/items/new", R"({"title": "New", "features": )" + features + "}");
    EXPECT_EQ(sent.status, 400) << features;
    return sent.body.at("detail").get<std::string>();
  };
  EXPECT_EQ(detail(R"({"image": [1, 2, 3]})"), "features.image has 3 numbers; the artifact was trained on 4");
  EXPECT_THAT(detail(R"({"image": [1, 2, 3, 1e300]})"), HasSubstr("features.image has a value that is not finite"));
  EXPECT_THAT(detail(R"({"image": [1, 2, 3, "x"]})"), HasSubstr("features.image"));
  EXPECT_THAT(detail(R"({"image": [1, 2, 3, null]})"), HasSubstr("features.image"));
  EXPECT_THAT(detail(R"({"image": [1, 2, 3, NaN]})"), HasSubstr("no JSON"));
  EXPECT_THAT(detail(R"({"image": [1e30, 1e30, 1e30, 1e30]})"), HasSubstr("far from those"));
  EXPECT_EQ(send("GET", "/v1/items/new").status, 404);
  EXPECT_EQ(send("PATCH", "/v1/items/h", R"({"features": {"text": [1]}})").status, 400);
  EXPECT_EQ(send("PUT", "/v1/items/new", R"({"features": {"sound": [1]}})").body.at("reason"),
            "it has no features (image, text)");
}

/// An artifact that keeps how features are made.
class DescribingServiceTest : public ServiceTest {
 protected:
  DescribingServiceTest() { engine_ = described_.open_engine(); }
  static std::string picture() {
    const test::Bytes bytes = test::encode_png(test::gradient(30, 20));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  Sent look(const std::string& item, const std::string& bytes, const std::string& type = "image/png") {
    return send("PUT", "/v1/items/" + item + "/picture", bytes, {{"Content-Type", type}});
  }

  test::SmallShop described_{true};
};

TEST_F(DescribingServiceTest, APictureIsLookedAtAndNotKept) {
  EXPECT_EQ(send("GET", "/v1/status").body.at("artifact").at("describes"),
            Json::parse(R"({"text": "texts", "image": "pictures"})"));
  EXPECT_EQ(look("new", picture()).status, 404) << "there is no such item yet";
  EXPECT_EQ(send("PUT", "/v1/items/new", R"({"title": "A thing"})").body.at("recommendable"), false);
  const Sent looked = look("new", picture());
  EXPECT_EQ(looked.status, 200) << looked.body;
  EXPECT_EQ(looked.body.at("recommendable"), true);
  EXPECT_FALSE(looked.body.contains("picture"));
  std::vector<float> row(static_cast<std::size_t>(features::BuiltinDescriber().width()));
  features::BuiltinDescriber().describe(test::gradient(30, 20), 0, row);
  EXPECT_EQ(described_.store().item("new")->features, (store::Features{{"image", row}}));
  EXPECT_THAT(items(send("GET", "/v1/users/u1/recommendations").body), Contains("new"));
  EXPECT_EQ(look("a", picture()).status, 200) << "one of the artifact's";
}

TEST_F(DescribingServiceTest, WhatIsNoPictureIsRefused) {
  send("PUT", "/v1/items/new", R"({"title": "A thing"})");
  const Sent no_picture = look("new", "PNG?");
  EXPECT_EQ(no_picture.status, 400);
  EXPECT_THAT(no_picture.body.at("detail").get<std::string>(), HasSubstr("neither PNG, JPEG nor WebP"));
  EXPECT_EQ(look("new", picture().substr(0, 60)).status, 400) << "cut off";
  EXPECT_EQ(look("new", "").status, 400);
  EXPECT_EQ(look("new", picture(), "text/plain").status, 415);
  EXPECT_TRUE(described_.store().item("new")->features.empty());
  ServiceOptions guarded;
  guarded.keys = keys("read " + sha256("r") + "\n");
  open(std::move(guarded));
  EXPECT_EQ(send("PUT", "/v1/items/new/picture", picture(), {{"Content-Type", "image/png"}, {"X-API-Key", "r"}}).status,
            403);
  EXPECT_EQ(body_limit("/v1/items/new/picture", 10), kMostPictureBytes);
  EXPECT_EQ(body_limit("/v1/items/new", 10), 10U);
}

TEST_F(DescribingServiceTest, APictureInTheFolderIsLookedAtWithTheItem) {
  std::filesystem::create_directory(folder_ / "pictures");
  test::write_bytes(folder_ / "pictures/a.png", picture());
  test::write_bytes(folder_ / "pictures/broken.png", picture().substr(0, 60));
  test::write_bytes(folder_ / "outside.png", picture());
  ServiceOptions options;
  options.pictures = folder_ / "pictures";
  open(std::move(options));
  EXPECT_EQ(send("PUT", "/v1/items/new", R"({"picture": "a.png"})").body.at("recommendable"), true);
  EXPECT_EQ(described_.store().item("new")->features.count("image"), 1U);
  const Sent broken = send("PATCH", "/v1/items/new", R"({"picture": "broken.png"})");
  EXPECT_EQ(broken.body.at("recommendable"), false) << "the picture before is not this one";
  EXPECT_THAT(broken.body.at("picture_problem").get<std::string>(), HasSubstr("damaged"));
  EXPECT_EQ(send("PATCH", "/v1/items/new", R"({"picture": "a.png"})").body.at("recommendable"), true);
  EXPECT_EQ(send("PATCH", "/v1/items/new", R"({"price": 3})").body.at("recommendable"), true);
  EXPECT_EQ(send("PUT", "/v1/items/other", R"({"picture": "../outside.png"})").body.at("recommendable"), false);
  EXPECT_EQ(send("PUT", "/v1/items/other", R"({"picture": "https://x.example/a.png"})").body.at("recommendable"),
            false);
}

TEST_F(ServiceTest, AModelOfUnknownFeaturesSaysWhatToSend) {
  send("PUT", "/v1/items/new", R"({"title": "A good thing", "brand": "Acme"})");
  EXPECT_EQ(send("GET", "/v1/items/new").body.at("brand"), "Acme");
  const Sent sent = send("PUT", "/v1/items/new/picture", "x", {{"Content-Type", "image/png"}});
  EXPECT_EQ(sent.status, 409);
  EXPECT_THAT(sent.body.at("detail").get<std::string>(), HasSubstr("send them as numbers"));
  EXPECT_EQ(send("GET", "/v1/status").body.at("artifact").at("describes"), Json::object());
}

}  // namespace
}  // namespace monet::api
