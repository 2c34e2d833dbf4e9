// What a client of the server sees when all goes well, and when a handler does not do its part.
#include "monet/http/server.h"
#include "monet/core/error.h"
#include "tests/http/client.h"
#include "tests/http/running.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace monet::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Answers with what came.
void echo(Request request, Reply reply) {
  nlohmann::json seen = {{"method", request.method},
                         {"path", request.path},
                         {"body", request.body},
                         {"peer", request.peer},
                         {"tls", request.tls}};
  reply.send({.content_type = "application/json", .body = seen.dump()});
}

TEST(Server, AnswersOneRequestAfterAnother) {
  Running running(echo);
  Client client(running.port());
  for (int k = 0; k < 3; ++k) {
    const auto answer = client.ask(get("/a%20b"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->headers.at("content-type"), "application/json");
    EXPECT_THAT(answer->headers.at("date"), ::testing::MatchesRegex("..., [0-9]* ... 20[0-9]* [0-9:]* GMT"));
    EXPECT_EQ(answer->headers.count("server"), 0U);
    EXPECT_EQ(answer->headers.count("connection"), 0U);
    const auto seen = nlohmann::json::parse(answer->body);
    EXPECT_EQ(seen["path"], "/a b");
    EXPECT_EQ(seen["peer"], "127.0.0.1");
    EXPECT_EQ(seen["tls"], false);
  }
  const Counters counters = running.server.counters();
  EXPECT_EQ(counters.open, 1U);
  EXPECT_EQ(counters.accepted, 1U);
  EXPECT_EQ(counters.requests, 3U);
  EXPECT_EQ(counters.bad + counters.refused + counters.timeouts, 0U);
}

TEST(Server, ReadsBodiesOfBothKindsInAnyPieces) {
  Running running(echo);
  Client client(running.port());
  const std::string whole =
      "POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 3\r\n\r\nabc"
      "POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n2\r\nef\r\n0\r\n\r\n";
  for (const char byte : whole) client.send({&byte, 1});
  EXPECT_EQ(nlohmann::json::parse(client.receive()->body)["body"], "abc");
  EXPECT_EQ(nlohmann::json::parse(client.receive()->body)["body"], "def");
  const std::string large(1 << 20, 'x');  // just the limit
  const auto answer = client.ask("PUT / HTTP/1.1\r\nHost: s\r\nContent-Length: 1048576\r\n\r\n" + large);
  ASSERT_TRUE(answer);
  EXPECT_EQ(nlohmann::json::parse(answer->body)["body"], large);
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  std::mutex mutex;
  std::vector<std::thread> late;
  Running running([&](Request request, Reply reply) {
    if (request.path != "/slow") return reply.send({.body = request.path});
    const std::lock_guard lock(mutex);
    late.emplace_back([reply = std::move(reply)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      reply.send({.body = "/slow"});
    });
  });
  Client client(running.port());
  client.send(get("/slow") + get("/b") + get("/slow") + get("/d"));
  for (const char* const path : {"/slow", "/b", "/slow", "/d"}) EXPECT_EQ(client.receive()->body, path);
  for (std::thread& thread : late) thread.join();
}

TEST(Server, AReplyFromAnotherThreadDoesNotHoldUpOthers) {
  std::optional<Reply> held;
  std::atomic<bool> holds{false};
  Running running([&](Request request, Reply reply) {
    if (request.path != "/hold") return reply.send({.body = "at once"});
    held = std::move(reply);
    holds = true;
  });
  Client waits(running.port());
  waits.send(get("/hold"));
  ASSERT_TRUE(eventually([&] { return holds.load(); }));
  Client other(running.port());
  EXPECT_EQ(other.ask(get("/"))->body, "at once");
  std::thread([&] { held->send({.status = 201, .body = "late"}); }).join();
  const auto answer = waits.receive();
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "late");
  EXPECT_EQ(waits.ask(get("/"))->body, "at once");
}

TEST(Server, AReplyMayComeAfterItsClientAndAfterItsServer) {
  std::optional<Reply> held;
  std::atomic<bool> holds{false};
  {
    Running running([&](Request, Reply reply) {
      held = std::move(reply);
      holds = true;
    });
    Client(running.port()).send(get("/"));
    ASSERT_TRUE(eventually([&] { return holds.load(); }));
    holds = false;
    held->send({});  // to nobody
    Client client(running.port());
    client.send(get("/"));
    ASSERT_TRUE(eventually([&] { return holds.load(); }));
  }
  EXPECT_NO_THROW(held->send({}));
}

TEST(Server, ADroppedReplyAndAHandlerThatThrowsAreAnswered500) {
  Running running([](Request request, Reply reply) {
    if (request.path == "/throw") throw std::runtime_error("secret");
    if (request.path == "/header") reply.send({.headers = {{"X", "a\r\nb: c"}}});
  });
  Client client(running.port());
  for (const char* const path : {"/drop", "/throw", "/header"}) {
    const auto answer = client.ask(get(path));
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 500);
    EXPECT_EQ(answer->headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(answer->headers.count("b"), 0U);
    EXPECT_THAT(answer->body, Not(HasSubstr("secret")));
  }
}

TEST(Server, HeadHasEverythingButTheBody) {
  Running running([](Request request, Reply reply) {
    if (request.path == "/none") return reply.send({.status = 204});
    reply.send({.content_type = "text/plain", .body = "hello", .headers = {{"X-A", "b"}}});
  });
  Client client(running.port());
  client.send("HEAD / HTTP/1.1\r\nHost: s\r\n\r\n" + get("/none") + "OPTIONS * HTTP/1.1\r\nHost: s\r\n\r\n");
  const auto head = client.receive(true);
  EXPECT_EQ(head->headers.at("content-length"), "5");
  EXPECT_EQ(head->headers.at("x-a"), "b");
  const auto none = client.receive();
  EXPECT_EQ(none->status, 204);
  EXPECT_EQ(none->headers.count("content-length"), 0U);
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST(Server, ARefusalAfterHeadHasABody) {
  Running running(echo);
  Client client(running.port());
  client.send("HEAD / HTTP/1.1\r\nHost: s\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.receive(true)->status, 200);
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_TRUE(client.ended());
}

TEST(Server, SharedBytesAreSentAsTheyAre) {
  const auto page = std::make_shared<const std::string>(300'000, 'p');
  Running running([&](Request, Reply reply) {
    Response response;
    response.shared_body = page;
    reply.send(std::move(response));
  });
  Client client(running.port());
  EXPECT_EQ(client.ask(get("/"))->body, *page);
  EXPECT_EQ(client.ask(get("/"))->body, *page);
}

TEST(Server, ConnectionsAreKeptAsTheClientWishes) {
  Running running(echo);
  {
    Client client(running.port());
    const auto answer = client.ask("GET / HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(answer->headers.at("connection"), "close");
    EXPECT_TRUE(client.ended());
  }
  {
    Client client(running.port());
    EXPECT_EQ(client.ask("GET / HTTP/1.0\r\n\r\n")->headers.at("connection"), "close");
    EXPECT_TRUE(client.ended());
  }
  Client client(running.port());
  EXPECT_EQ(client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->headers.at("connection"), "keep-alive");
  EXPECT_EQ(client.ask(get("/"))->status, 200);
}

TEST(Server, AClientThatExpectsIsToldToGoOn) {
  Running running(echo);
  Client client(running.port());
  const std::string head = "POST / HTTP/1.1\r\nHost: s\r\nExpect: 100-continue\r\nContent-Length: ";
  client.send(head + "5\r\n\r\n");
  EXPECT_EQ(client.receive()->status, 100);
  client.send("hello");
  EXPECT_EQ(nlohmann::json::parse(client.receive()->body)["body"], "hello");
  // Not where the body has come already, and not where it is too long.
  EXPECT_EQ(client.ask(head + "5\r\n\r\nhello")->status, 200);
  EXPECT_EQ(client.ask(head + "5000000\r\n\r\n")->status, 413);
  EXPECT_TRUE(client.ended());
}

TEST(Server, MalformedRequestsAreAnsweredAndTheConnectionEnds) {
  std::atomic<int> handled{0};
  Running running([&](Request, Reply reply) {
    ++handled;
    reply.send({});
  });
  const std::vector<std::pair<std::string, int>> requests = {
      {"GET / HTTP/1.1\nHost: s\n\n", 400},
      {"POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
      {"GET /\r\n\r\n", 400},
      {"GET /%C0%AF HTTP/1.1\r\nHost: s\r\n\r\n", 400},
      {"BREW / HTTP/1.1\r\nHost: s\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\nHost: s\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431}};
  for (const auto& [request, status] : requests) {
    Client client(running.port());
    // What follows must not be taken for a request.
    const auto answer = client.ask(request + get("/smuggled"));
    ASSERT_TRUE(answer) << request;
    EXPECT_EQ(answer->status, status);
    EXPECT_EQ(answer->headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(answer->headers.at("connection"), "close");
    EXPECT_EQ(nlohmann::json::parse(answer->body)["status"], status);
    EXPECT_TRUE(client.ended());
  }
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(running.server.counters().bad, requests.size());
  EXPECT_EQ(running.server.counters().requests, 0U);
}

TEST(Server, ThreadsShareTheConnections) {
  Running running(echo, {.threads = 3});
  std::vector<std::unique_ptr<Client>> clients;
  for (int k = 0; k < 9; ++k) clients.push_back(std::make_unique<Client>(running.port()));
  for (int round = 0; round < 20; ++round) {
    for (auto& client : clients) ASSERT_TRUE(client->send(get("/" + std::to_string(round))));
    for (auto& client : clients) {
      EXPECT_EQ(nlohmann::json::parse(client->receive()->body)["path"], "/" + std::to_string(round));
    }
  }
}

TEST(Server, SaysWhyItCannotListen) {
  Running running(echo);
  const auto message = [](ServerOptions options) -> std::string {
    try {
      Server(std::move(options), echo);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(message({.port = running.port()}), HasSubstr("another program"));
  EXPECT_THROW(Server({.port = running.port()}, echo), IoError);
  EXPECT_THAT(message({.address = "shop.example"}), HasSubstr("`address`"));
  EXPECT_THROW(Server({.address = "shop.example"}, echo), InvalidArgument);
  EXPECT_THAT(message({.address = "203.0.113.7"}), HasSubstr("no such address"));
  EXPECT_THAT(message({.threads = 0}), HasSubstr("`threads`"));
  EXPECT_THAT(message({.certificate = "a.pem"}), HasSubstr("`key`"));
  EXPECT_THAT(message({.idle_deadline = std::chrono::milliseconds(0)}), HasSubstr("deadline"));
}

TEST(Server, ListensOnTheNewAddressesToo) {
  try {
    Running running(echo, {.address = "::"});
    Client client(running.port());  // of the old ones
    EXPECT_EQ(nlohmann::json::parse(client.ask(get("/"))->body)["peer"], "127.0.0.1");
  } catch (const IoError& error) {
    GTEST_SKIP() << error.what();
  }
}

}  // namespace
}  // namespace monet::http
