// Patterns, and the document that is made of the routes.
#include "monet/api/route.h"

#include <gmock/gmock.h>

namespace monet::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Route, APatternTakesTheValuesOfItsNames) {
  std::vector<std::string> values;
  EXPECT_TRUE(matches("/v1/users/{user}/recommendations", {"v1", "users", "a/b", "recommendations"}, values));
  EXPECT_THAT(values, ElementsAre("a/b"));
  EXPECT_FALSE(matches("/v1/users/{user}/recommendations", {"v1", "users", "", "recommendations"}, values));
  EXPECT_TRUE(matches("/v1/users/{user}", {"v1", "users", "a", ""}, values));
  EXPECT_FALSE(matches("/v1/users/{user}", {"v1", "users", "a", "", ""}, values));
  EXPECT_FALSE(matches("/v1/users/{user}", {"v1", "users", ""}, values));
  EXPECT_FALSE(matches("/v1/users/{user}", {"v1", "items", "a"}, values));
  EXPECT_TRUE(matches("/", {}, values));
  EXPECT_THAT(values, IsEmpty());
}

TEST(Route, TheDocumentDescribesEveryRoute) {
  std::vector<Route> routes(2);
  routes[0] = {.method = "GET", .pattern = "/v1/items/{item}", .summary = "an item", .query = "k by", .answer = "{}"};
  routes[1] = {.method = "PUT",
               .pattern = "/v1/items/{item}",
               .role = Role::write,
               .summary = "puts it",
               .body = R"({"title": "t"})"};
  const Json document = openapi(routes, "1.2");
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  EXPECT_EQ(document.at("info").at("version"), "1.2");
  const Json& item = document.at("paths").at("/v1/items/{item}");
  ASSERT_EQ(item.at("get").at("parameters").size(), 3U);
  EXPECT_EQ(item.at("get").at("parameters")[0].at("in"), "path");
  EXPECT_EQ(item.at("get").at("parameters")[2].at("name"), "by");
  EXPECT_EQ(item.at("put").at("x-role"), "write");
  EXPECT_EQ(item.at("put").at("requestBody").at("content").at("application/json").at("example").at("title"), "t");
}

}  // namespace
}  // namespace monet::api
