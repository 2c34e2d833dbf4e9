#include "monet/http/server.h"

#include <gtest/gtest.h>

namespace monet::http {
namespace {
TEST(Server, Starts) {
  Server server({}, [](Request request, Reply reply) { reply.send({.content_type = "text/plain", .body = request.path}); });
  server.start();
  EXPECT_GT(server.port(), 0);
}
}  // namespace
}  // namespace monet::http
