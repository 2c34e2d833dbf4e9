// The same of items that come with features, texts or a picture.
#include "monet/features/image/image_features.h"
#include "tests/api/service_fixture.h"
#include "tests/features/pictures.h"

namespace monet::api {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

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
  EXPECT_EQ(send("PATCH", "/v1/items/h", R"({"features": {"text": []}})").status, 400);
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
  EXPECT_EQ(body_limit("/v1/interactions", 10), kMostListBytes) << "10,000 of them";
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
  const Sent outside = send("PUT", "/v1/items/other", R"({"picture": "../outside.png"})");
  EXPECT_EQ(outside.body.at("recommendable"), false);
  EXPECT_THAT(outside.body.at("picture_problem").get<std::string>(), HasSubstr("no file '../outside.png'"));
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
