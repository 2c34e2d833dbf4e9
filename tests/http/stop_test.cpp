#include "tests/http/client.h"
#include "tests/http/running.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

namespace monet::http {
namespace {

using namespace std::chrono_literals;

/// Keeps the reply to /hold; answers the rest with the path.
struct Holding {
  Holding()
      : running([this](Request request, Reply reply) {
          if (request.path != "/hold") return say_path(std::move(request), std::move(reply));
          held = std::move(reply);
          holds = true;
        }) {}

  std::optional<Reply> held;
  std::atomic<bool> holds{false};
  Running running;
};

bool refuses_connections(std::uint16_t port) {
  try {
    Client client(port);
    return false;
  } catch (const std::runtime_error&) {
    return true;
  }
}

TEST(HttpStop, RequestsThatHaveBegunAreAnswered) {
  Holding server;
  Client waits(server.running.port());
  waits.send(get("/hold") + get("/next"));
  Client half(server.running.port());
  half.send("POST /half HTTP/1.1\r\nHost: s\r\nContent-Length: 5\r\n\r\nhe");
  Client idle(server.running.port());
  EXPECT_EQ(idle.ask(get("/a"))->status, 200);
  Client silent(server.running.port());
  ASSERT_TRUE(eventually([&] { return server.holds && server.running.server.counters().open == 4; }));

  auto stopped = std::async(std::launch::async, [&] { server.running.server.stop(10min); });
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(refuses_connections(server.running.port()));
  half.send("llo");
  const auto rest = half.receive();
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->body, "/half");
  EXPECT_EQ(rest->headers.at("connection"), "close");
  EXPECT_TRUE(half.ended());
  half.half_close();
  EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
  server.held->send({.body = "held"});
  const auto answer = waits.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "held");
  EXPECT_EQ(answer->headers.at("connection"), "close");
  EXPECT_TRUE(waits.ended());  // the next request is not begun any more
  waits.half_close();
  stopped.get();
}

TEST(HttpStop, WithoutRequestsItDoesNotWait) {
  Running running(say_path);
  Client client(running.port());
  EXPECT_EQ(client.ask(get("/a"))->status, 200);
  running.server.stop(24h);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(running.server.counters().open, 0U);
  running.server.stop(24h);
}

TEST(HttpStop, AfterTheGraceWhatIsLeftIsClosed) {
  Holding server;
  Client waits(server.running.port());
  waits.send(get("/hold"));
  ASSERT_TRUE(eventually([&] { return server.holds.load(); }));
  server.running.server.stop(20ms);
  EXPECT_TRUE(waits.ended());
  EXPECT_EQ(server.running.server.counters().open, 0U);
  server.held->send({});  // to nobody
}

TEST(HttpStop, AServerThatWasNotStartedKeepsConnectionsWaitingAndEnds) {
  std::optional<Server> server(std::in_place, ServerOptions{}, say_path);
  Client client(server->port());
  client.send(get("/a"));
  server.reset();
  EXPECT_TRUE(client.ended());
}

TEST(HttpStop, UnderLoadEveryRequestIsAnsweredOrItsConnectionEnds) {
  for (int round = 0; round < 20; ++round) {
    std::optional<Running> running(std::in_place, say_path, ServerOptions{.threads = 2});
    std::vector<std::thread> clients;
    std::atomic<int> answered{0};
    const std::uint16_t port = running->port();
    for (int k = 0; k < 4; ++k) {
      clients.emplace_back([&] {
        try {
          for (;;) {
            Client client(port);
            while (const auto answer = client.ask(get("/a"))) {
              EXPECT_EQ(answer->body, "/a");
              ++answered;
              if (answer->headers.count("connection") != 0) break;
            }
          }
        } catch (const std::runtime_error&) {  // it listens no more
        }
      });
    }
    ASSERT_TRUE(eventually([&] { return answered > 20; }));
    running->server.stop(1min);
    running.reset();
    for (std::thread& client : clients) client.join();
  }
}

}  // namespace
}  // namespace monet::http
