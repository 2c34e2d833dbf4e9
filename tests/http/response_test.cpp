#include "monet/http/response.h"
#include "monet/core/error.h"
#include "monet/http/server.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace monet::http {
namespace {

TEST(ResponseCheck, RefusesWhatWouldBeAnotherHeader) {
  EXPECT_NO_THROW(check({.content_type = "text/plain; charset=utf-8", .headers = {{"X-Name", "a\tb c \xc3\xbc"}}}));
  for (const std::string& value : {std::string("a\r\nSet-Cookie: b"), std::string("a\nb"), std::string("a\rb"),
                                   std::string("a\0b", 3), std::string("\x7f")}) {
    EXPECT_THROW(check({.headers = {{"X-Name", value}}}), InvalidArgument);
    EXPECT_THROW(check({.content_type = value}), InvalidArgument);
    EXPECT_THROW(check({.headers = {{"X" + value, "a"}}}), InvalidArgument);
  }
  EXPECT_THROW(check({.headers = {{"", "a"}}}), InvalidArgument);
  EXPECT_THROW(check({.headers = {{"a b", "a"}}}), InvalidArgument);
  EXPECT_THROW(check({.headers = {{"a:", "a"}}}), InvalidArgument);
}

TEST(ResponseCheck, RefusesWhatTheServerSets) {
  for (const char* const name : {"Content-Length", "transfer-encoding", "Connection", "DATE", "Content-Type"}) {
    EXPECT_THROW(check({.headers = {{name, "5"}}}), InvalidArgument) << name;
  }
  EXPECT_THROW(check({.status = 100}), InvalidArgument);
  EXPECT_THROW(check({.status = 600}), InvalidArgument);
}

TEST(Problem, IsWhatRfc9457Says) {
  const Response response = problem(404, "No item \"a\xff\".");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto body = nlohmann::json::parse(response.body);
  EXPECT_EQ(body["type"], "about:blank");
  EXPECT_EQ(body["title"], "Not Found");
  EXPECT_EQ(body["status"], 404);
  EXPECT_EQ(body["detail"], "No item \"a\xef\xbf\xbd\".");
  EXPECT_EQ(body.size(), 4U);
  EXPECT_EQ(reason_phrase(299), "Error");
}

TEST(Reply, IsSentOnce) {
  std::vector<int> statuses;
  const Reply reply([&](const Response& response) { statuses.push_back(response.status); });
  const Reply copy = reply;
  copy.send({.status = 204});
  EXPECT_THROW(reply.send({}), InternalError);
  EXPECT_EQ(statuses, std::vector{204});
}

TEST(Reply, IsNotUsedUpByAResponseThatCannotBeSent) {
  std::vector<int> statuses;
  const Reply reply([&](const Response& response) { statuses.push_back(response.status); });
  EXPECT_THROW(reply.send({.headers = {{"X", "a\r\nb"}}}), InvalidArgument);
  EXPECT_TRUE(statuses.empty());
  reply.send({});
  EXPECT_EQ(statuses, std::vector{200});
}

TEST(Reply, DroppedByItsLastOwnerAnswers500) {
  std::vector<int> statuses;
  std::optional<Reply> reply(std::in_place, [&](const Response& response) { statuses.push_back(response.status); });
  std::optional<Reply> copy = reply;
  reply.reset();
  EXPECT_TRUE(statuses.empty());
  copy.reset();
  EXPECT_EQ(statuses, std::vector{500});
}

}  // namespace
}  // namespace monet::http
