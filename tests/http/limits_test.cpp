// What a client that takes too much, or too long, comes to, and that others do not notice.
#include "monet/core/log.h"
#include "tests/http/client.h"
#include "tests/http/running.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace monet::http {
namespace {

using namespace std::chrono_literals;

/// Resident memory of this process, which is server and client, in bytes.
std::size_t resident() {
  std::size_t all = 0;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> all >> pages;
  return pages * 4096;
}

TEST(HttpLimits, AGigabyteIsRefusedWithoutBeingRead) {
  Running running(say_path);
  const std::string piece(1 << 20, 'x');
  const std::size_t before = resident();
  for (const std::string length :
       {"Content-Length: 1073741824\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n40000000\r\n"}) {
    Client client(running.port());
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: s\r\n" + length));
    // Sent all the same, as clients do: the answer is there none the less.
    for (int k = 0; k < 32 && client.send(piece); ++k) {
    }
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 413);
    client.half_close();
    EXPECT_TRUE(client.ended());
  }
  EXPECT_LT(resident(), before + (16 << 20));
  EXPECT_EQ(running.server.counters().bad, 2U);
}

TEST(HttpLimits, AGigabyteThatIsOnlyDeclaredTakesNoMemory) {
  Running running(say_path, {.body_bytes = std::size_t{1} << 30});
  const std::size_t before = resident();
  Client client(running.port());
  client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 1073741824\r\n\r\nsome");
  Client other(running.port());
  EXPECT_EQ(other.ask(get("/a"))->body, "/a");
  EXPECT_LT(resident(), before + (16 << 20));
}

TEST(HttpLimits, PathsHaveBodyLimitsOfTheirOwn) {
  std::atomic<int> told = 0;
  std::string of;
  Running running(say_path, {.body_limit = [](std::string_view path) -> std::size_t { return path == "/a/b" ? 10 : 2; },
                             .refused =
                                 [&](const Request& request, int status) {
                                   of = request.path;
                                   told = status;
                                 }});
  Client client(running.port());
  const std::string rest = " HTTP/1.1\r\nHost: s\r\nContent-Length: 5\r\n\r\nhello";
  EXPECT_EQ(client.ask("POST /a%2Fb?c" + rest)->status, 200);
  EXPECT_EQ(told, 0);
  EXPECT_EQ(client.ask("POST /a" + rest)->status, 413);
  EXPECT_EQ(told, 413);
  EXPECT_EQ(of, "/a");
}

/// Sends one byte after the other, over and over.
class Drip {
 public:
  Drip(Client& client, std::string bytes)
      : thread_([this, &client, bytes = std::move(bytes)] {
          for (std::size_t at = 0; !ended_ && client.send({&bytes[at % bytes.size()], 1}); ++at) {
            std::this_thread::sleep_for(5ms);
          }
        }) {}
  ~Drip() {
    ended_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

TEST(HttpLimits, ASlowHeaderIsCutWhileOthersAreAnswered) {
  Running running(say_path, {.header_deadline = 300ms});
  Client slow(running.port());
  slow.send("GET / HTTP/1.1\r\nHost: s\r\n");
  const Drip dripping(slow, "X: y\r\n");
  Client other(running.port());
  int answered = 0;
  EXPECT_TRUE(eventually([&] {
    const auto answer = other.ask(get("/a"));
    if (answer && answer->body == "/a") ++answered;
    return running.server.counters().timeouts > 0;
  }));
  EXPECT_GT(answered, 0);
  EXPECT_EQ(slow.receive()->status, 408);
}

TEST(HttpLimits, ASlowHeaderAfterARequestIsCutToo) {
  Running running(say_path, {.header_deadline = 100ms});
  Client client(running.port());
  EXPECT_EQ(client.ask(get("/a"))->status, 200);
  client.send("GET /b HT");
  EXPECT_EQ(client.receive()->status, 408);
  EXPECT_TRUE(client.ended());
}

TEST(HttpLimits, AConnectionThatSaysNothingIsClosed) {
  Running running(say_path, {.header_deadline = 100ms});
  Client client(running.port());
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(running.server.counters().timeouts, 1U);
}

TEST(HttpLimits, ASlowBodyIsCut) {
  Running running(say_path, {.body_deadline = 300ms});
  for (const std::string head :
       {"Content-Length: 60000\r\n\r\n", "Expect: 100-continue\r\nContent-Length: 60000\r\n\r\n"}) {
    Client client(running.port());
    client.send("POST / HTTP/1.1\r\nHost: s\r\n" + head);
    if (head[0] == 'E') {
      EXPECT_EQ(client.receive()->status, 100);
    }
    const Drip dripping(client, "x");
    EXPECT_EQ(client.receive()->status, 408);
  }
  EXPECT_EQ(running.server.counters().timeouts, 2U);
}

TEST(HttpLimits, AnIdleConnectionIsClosedWithoutAWord) {
  Running running(say_path, {.idle_deadline = 100ms});
  Client client(running.port());
  EXPECT_EQ(client.ask(get("/a"))->status, 200);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(running.server.counters().timeouts, 0U);
}

TEST(HttpLimits, WhoDoesNotReadIsCut) {
  const auto page = std::make_shared<const std::string>(64 << 20, 'p');
  Running running(
      [&](Request, Reply reply) {
        Response response;
        response.shared_body = page;
        reply.send(std::move(response));
      },
      {.write_deadline = 200ms});
  Client client(running.port());
  client.send(get("/"));
  EXPECT_TRUE(eventually([&] { return running.server.counters().timeouts == 1; }));
  EXPECT_TRUE(eventually([&] { return running.server.counters().open == 0; }));
}

TEST(HttpLimits, WhoLeavesAmidAResponseHarmsNobody) {
  const auto page = std::make_shared<const std::string>(64 << 20, 'p');
  Running running([&](Request request, Reply reply) {
    Response response;
    if (request.path == "/page") response.shared_body = page;
    reply.send(std::move(response));
  });
  for (int k = 0; k < 5; ++k) {
    Client client(running.port());
    client.send(get("/page") + get("/page"));
  }
  EXPECT_TRUE(eventually([&] {
    const Counters counters = running.server.counters();
    return counters.accepted == 5 && counters.open == 0;
  }));
  EXPECT_EQ(Client(running.port()).ask(get("/"))->status, 200);  // SIGPIPE would have ended us
}

TEST(HttpLimits, ConnectionsBeyondTheLimitAreAnswered503) {
  Running running(say_path, {.connections = 2});
  auto first = std::make_unique<Client>(running.port());
  Client second(running.port());
  EXPECT_EQ(first->ask(get("/a"))->status, 200);
  EXPECT_EQ(second.ask(get("/a"))->status, 200);
  {
    Client third(running.port());
    const auto answer = third.ask(get("/a"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->headers.at("retry-after"), "1");
    third.half_close();
    EXPECT_TRUE(third.ended());
  }
  EXPECT_EQ(second.ask(get("/a"))->status, 200);
  EXPECT_EQ(running.server.counters().refused, 1U);
  EXPECT_EQ(running.server.counters().open, 2U);
  first.reset();
  EXPECT_TRUE(eventually([&] { return running.server.counters().open == 1; }));
  EXPECT_EQ(Client(running.port()).ask(get("/a"))->status, 200);
}

TEST(HttpLimits, AnAddressHasALimitOfItsOwn) {
  Running running(say_path, {.connections_of_peer = 1});
  Client one(running.port(), Client::Over::tcp, "127.0.0.2");
  EXPECT_EQ(one.ask(get("/a"))->status, 200);
  EXPECT_EQ(Client(running.port(), Client::Over::tcp, "127.0.0.2").ask(get("/a"))->status, 503);
  EXPECT_EQ(Client(running.port(), Client::Over::tcp, "127.0.0.3").ask(get("/a"))->status, 200);
  EXPECT_EQ(one.ask(get("/a"))->status, 200);
}

/// A limit of this process as long as this lives.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t wanted) {
    ::getrlimit(RLIMIT_NOFILE, &old_);
    rlimit now = old_;
    now.rlim_cur = std::min(wanted, old_.rlim_max);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &now), 0);
    now_ = now.rlim_cur;
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &old_); }
  rlim_t now() const { return now_; }

 private:
  rlimit old_{};
  rlim_t now_ = 0;
};

TEST(HttpLimits, TwoThousandIdleConnectionsAndASlowOneDisturbNobody) {
  const DescriptorLimit limit(5000);  // a connection has two ends here
  const std::size_t count = std::min<std::size_t>(2000, (limit.now() - 200) / 2);
  Running running(say_path);
  std::vector<std::unique_ptr<Client>> idle;
  for (std::size_t k = 0; k < count; ++k) {
    idle.push_back(std::make_unique<Client>(running.port()));
    if (k % 2 == 0) continue;  // it has said nothing yet
    ASSERT_EQ(idle.back()->ask(get("/a"))->status, 200);
  }
  ASSERT_TRUE(eventually([&] { return running.server.counters().open == count; }));
  Client slow(running.port());
  slow.send("GET / HTTP/1.1\r\nHost: s\r\n");
  const Drip dripping(slow, "X: y\r\n");
  Client other(running.port());
  for (int k = 0; k < 1000; ++k) EXPECT_EQ(other.ask(get("/b"))->body, "/b");
  EXPECT_EQ(idle.front()->ask(get("/c"))->body, "/c");
  EXPECT_EQ(idle.back()->ask(get("/c"))->body, "/c");
}

/// Seconds that this process has computed.
double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

TEST(HttpLimits, WhereDescriptorsRunOutThoseWhoComeWait) {
  Running running(say_path);
  Client before(running.port());
  EXPECT_EQ(before.ask(get("/a"))->status, 200);
  // UBSan opens a pipe where it meets a class for the first time: the server's warning is not to be that.
  log::warning("descriptors run out");
  // Its end is made now; the server's is to be made when there is no descriptor left.
  Client waits;
  {
    const DescriptorLimit none(3);
    waits.connect(running.port());
    waits.send(get("/b"));
    const double start = processor_seconds();
    std::this_thread::sleep_for(500ms);
    EXPECT_LT(processor_seconds() - start, 0.25);  // it waits, and does not ask all the time
    EXPECT_EQ(running.server.counters().accepted, 1U);
    EXPECT_EQ(before.ask(get("/c"))->body, "/c");
  }
  EXPECT_EQ(waits.receive()->body, "/b");
}

}  // namespace
}  // namespace monet::http
