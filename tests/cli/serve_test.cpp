// `monet serve` as its users see it: lists that are those of `monet recommend`, nothing lost when it is killed, the
// artifact exchanged while it answers, and what it says when it cannot start.
#include "tests/cli/scratch.h"
#include "tests/http/client.h"
#include "tests/kills.h"

#include <nlohmann/json.hpp>

#include <signal.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace monet::test {
namespace {

namespace fs = std::filesystem;
using http::Client;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string post(const std::string& target, const json& body) {
  const std::string text = body.dump();
  return "POST " + target +
         " HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(text.size()) +
         "\r\n\r\n" + text;
}

/// The program while it serves.
class Served {
 public:
  Served(std::vector<std::string> arguments, const fs::path& out)
      : program_(with_port(std::move(arguments)), {.stdout_to = out}) {
    EXPECT_TRUE(http::eventually([&] { return read_port(out) || !program_.running(); }));
    if (port_ == 0) throw std::runtime_error("it does not serve: " + program_.wait().err);
  }
  std::uint16_t port() const { return port_; }
  Program& program() { return program_; }
  json ask(const std::string& request, int status = 200) const {
    Client client(port_);
    const std::optional<http::Answer> answer = client.ask(request);
    if (!answer) throw std::runtime_error("no answer");
    EXPECT_EQ(answer->status, status) << answer->body;
    return json::parse(answer->body, nullptr, false);
  }

 private:
  static std::vector<std::string> with_port(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--port", "0", "--threads", "1"});
    return arguments;
  }
  bool read_port(const fs::path& out) {
    std::ifstream file(out);
    std::string line;
    if (!std::getline(file, line) || file.eof()) return false;
    port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
    return true;
  }

  Program program_;
  std::uint16_t port_ = 0;
};

class Serve : public Scratch {
 protected:
  std::unique_ptr<Served> serve(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"serve", "--artifact", artifact_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    fs::remove(folder_ / "address");
    return std::make_unique<Served>(arguments, folder_ / "address");
  }
  static std::vector<std::string> ids(const json& answer) {
    std::vector<std::string> result;
    for (const json& item : answer.at("items")) result.push_back(item.at("item"));
    return result;
  }

  std::string artifact_ = make_artifact();
};

TEST_F(Serve, ListsAreThoseOfRecommend) {
  const std::unique_ptr<Served> served = serve();
  for (const std::vector<std::string>& rules : std::vector<std::vector<std::string>>{{}, {"--exclude", "1,4"}}) {
    std::vector<std::string> arguments{"recommend", "--artifact", artifact_,  "--users", "all",
                                       "--k",       "5",          "--format", "jsonl"};
    arguments.insert(arguments.end(), rules.begin(), rules.end());
    const Outcome recommended = run(arguments);
    expect_done(recommended);
    int users = 0;
    for (const std::string& line : lines_of(recommended.out)) {
      const json expected = json::parse(line);
      const std::string user = expected.at("user");
      const json answer =
          served->ask(http::get("/v1/users/" + user + "/recommendations?k=5" + (rules.empty() ? "" : "&exclude=1,4")));
      EXPECT_EQ(ids(answer), ids(expected)) << "user " << user;
      EXPECT_EQ(answer.at("fallback").is_null(), expected.at("fallback").is_null());
      ++users;
    }
    EXPECT_GT(users, 10);
  }
}

TEST_F(Serve, AnEndIsAskedForAndComesInOrder) {
  const std::unique_ptr<Served> served = serve();
  Client idle(served->port());
  served->ask(post("/v1/interactions", {{"user", "new"}, {"item", "1"}}), 201);
  served->program().send(SIGTERM);
  const Outcome outcome = served->program().wait();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("serving"), HasSubstr("stopping")));
  EXPECT_TRUE(idle.ended());
}

// Clients write as fast as they are answered until the program is killed. What was acknowledged is there afterwards,
// once, though half of it was sent twice.
TEST_F(Serve, NothingAcknowledgedIsLostOrDoubledWhenItIsKilled) {
  std::set<std::string> acknowledged;
  std::mutex mutex;
  for (int kill = 0; kill < kills(); ++kill) {
    const std::unique_ptr<Served> served = serve();
    std::atomic<int> count = 0;
    std::vector<std::thread> clients;
    for (int c = 0; c < 4; ++c) {
      clients.emplace_back([&, c] {
        Client client(served->port());
        for (int e = 0;; ++e) {
          const std::string key = std::to_string(kill) + "-" + std::to_string(c) + "-" + std::to_string(e);
          const json event{{"user", "writer"}, {"item", std::to_string(e % 7)}, {"time", 1'700'000'000}, {"key", key}};
          for (int times = 0; times < 1 + e % 2; ++times) {
            const std::optional<http::Answer> answer = client.ask(post("/v1/interactions", event));
            if (!answer || answer->status != 201) return;
          }
          const std::lock_guard lock(mutex);
          acknowledged.insert(key);
          ++count;
        }
      });
    }
    EXPECT_TRUE(http::eventually([&] { return count > 40 + 17 * kill; }));
    served->program().send(SIGKILL);
    for (std::thread& client : clients) client.join();
    served->program().wait();
  }
  const std::unique_ptr<Served> served = serve();
  std::multiset<std::string> kept;
  const json data = served->ask(http::get("/v1/users/writer/data"));
  for (const json& event : data.at("interactions")) kept.insert(event.at("key"));
  EXPECT_GE(acknowledged.size(), 40U);
  for (const std::string& key : acknowledged) EXPECT_EQ(kept.count(key), 1U) << key;
  EXPECT_EQ(std::set<std::string>(kept.begin(), kept.end()).size(), kept.size()) << "none is doubled";
}

TEST_F(Serve, TheArtifactIsExchangedAndADamagedOneRefusedUnderLoad) {
  const std::unique_ptr<Served> served = serve();
  const std::string first = served->ask(http::get("/v1/status")).at("artifact").at("hash");
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> clients;
  for (int c = 0; c < 3; ++c) {
    clients.emplace_back([&] {
      Client client(served->port());
      while (!stop) {
        const std::optional<http::Answer> answer = client.ask(http::get("/v1/users/1/recommendations?k=3"));
        if (answer && answer->status == 200) {
          ++answered;
        } else {
          ++failed;
          return;
        }
      }
    });
  }
  const std::unique_ptr<void, std::function<void(void*)>> join(&stop, [&](void*) {
    stop = true;
    for (std::thread& client : clients) {
      if (client.joinable()) client.join();
    }
  });
  const auto hash = [&] { return served->ask(http::get("/v1/status")).at("artifact").at("hash").get<std::string>(); };
  expect_done(run(train_arguments(path_of("data"), artifact_, {"--seed", "99", "--force"})));
  served->program().send(SIGHUP);
  EXPECT_TRUE(http::eventually([&] { return hash() != first; }));
  const std::string second = hash();
  // Another file: the one that is served is mapped into memory.
  fs::remove(fs::path(artifact_) / "model.safetensors");
  std::ofstream(fs::path(artifact_) / "model.safetensors") << "damaged";
  const json refused = served->ask("POST /v1/reload HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n", 409);
  EXPECT_THAT(refused.at("detail").get<std::string>(), HasSubstr("model.safetensors"));
  EXPECT_EQ(hash(), second);
  const int before = answered;
  EXPECT_TRUE(http::eventually([&] { return answered > before + 10 || failed > 0; }));
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
}

/// Events of users who like what users of the dataset like, each with one item more than those.
json more_events() {
  json events = json::array();
  for (std::size_t user = 0; user < kUsers; ++user) {
    const std::string name = "late " + std::to_string(user);
    for (const std::size_t item : training_items(user)) {
      events.push_back({{"user", name}, {"item", std::to_string(item)}, {"time", 1'700'000'000}});
    }
    events.push_back({{"user", name}, {"item", std::to_string(test_item(user))}, {"time", 1'700'000'100}});
  }
  return events;
}

TEST_F(Serve, ATrainingWithTheStoresEventsIsComparedAndSwappedIn) {
  const std::unique_ptr<Served> served = serve({"--data", path_of("data"), "--retrain-margin", "1"});
  const auto status = [&] { return served->ask(http::get("/v1/status")); };
  const std::string first = status().at("artifact").at("hash");
  EXPECT_EQ(status().at("retraining").at("state"), "idle");
  served->ask(post("/v1/interactions", {{"interactions", more_events()}}), 201);
  const std::string retrain = "POST /v1/retrain HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(served->ask(retrain, 202).at("state"), "running");
  EXPECT_TRUE(http::eventually([&] { return status().at("retraining").at("state") != "running"; }));
  const json after = status().at("retraining");
  ASSERT_EQ(after.at("state"), "done") << after;
  EXPECT_EQ(after.at("new_users"), kUsers);
  EXPECT_EQ(after.at("swapped"), true);
  EXPECT_TRUE(after.at("comparison").at("recall@20").contains("candidate"));
  EXPECT_TRUE(http::eventually([&] { return status().at("artifact").at("hash") != first; }));
  EXPECT_EQ(status().at("artifact").at("users"), 2 * kUsers);
  // Known to the model by now: nothing of her history is new.
  const json known = served->ask(http::get("/v1/users/late%200/recommendations?k=3"));
  EXPECT_LE(known.at("fresh"), 1) << known;
}

TEST_F(Serve, ATrainingThatFailsSaysWhyAndTheArtifactServesOn) {
  const std::unique_ptr<Served> served = serve({"--data", path_of("data")});
  const auto status = [&] { return served->ask(http::get("/v1/status")); };
  const std::string first = status().at("artifact").at("hash");
  served->ask("POST /v1/retrain HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n", 202);
  EXPECT_TRUE(http::eventually([&] { return status().at("retraining").at("state") == "failed"; }));
  EXPECT_THAT(status().at("retraining").at("error").get<std::string>(), HasSubstr("hold out"));
  EXPECT_EQ(status().at("artifact").at("hash"), first);
  served->ask(http::get("/v1/users/1/recommendations?k=3"));
}

TEST_F(Serve, RetrainWithoutAServerKeepsTheBetterOne) {
  const std::string store = artifact_ + ".db";
  {
    const std::unique_ptr<Served> served = serve();
    served->ask(post("/v1/interactions", {{"interactions", more_events()}}), 201);
    served->program().send(SIGTERM);
    served->program().wait();
  }
  const std::vector<std::string> base{"retrain", "--artifact",    artifact_,   "--store", store,
                                      "--data",  path_of("data"), "--threads", "1"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = base;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  const auto before = snapshot(artifact_);
  const Outcome dry = with({"--dry-run"});
  expect_done(dry);
  EXPECT_THAT(dry.out, AllOf(HasSubstr("recall@20"), HasSubstr("--dry-run"), HasSubstr("24 users")));
  EXPECT_EQ(snapshot(artifact_), before);
  EXPECT_TRUE(fs::exists(artifact_ + ".retrained/config.json"));
  const Outcome swapped = with({"--margin", "1", "--json", "--seed", "1"});
  expect_done(swapped);
  EXPECT_EQ(json::parse(swapped.out).at("swapped"), true);
  EXPECT_NE(snapshot(artifact_), before);
  const auto options = [](const std::string& config) { return json::parse(config).at("hyper_parameters"); };
  EXPECT_EQ(options(read_text(artifact_ + "/config.json")), options(before.at("config.json"))) << "trained as before";
  EXPECT_FALSE(fs::exists(artifact_ + ".retrained"));
  expect_done(run({"recommend", "--artifact", artifact_, "--users", "late 0"}));
  expect_refused(run({"retrain", "--artifact", artifact_, "--store", path_of("no.db")}), {"no.db"});
  expect_usage_error(run({"retrain", "--artifact", artifact_}), {"--store"});
  // Something of somebody's own where the candidate would go.
  write_text(artifact_ + ".retrained/mine.txt", "mine");
  expect_refused(with({}), {"retrained"});
  EXPECT_EQ(read_text(artifact_ + ".retrained/mine.txt"), "mine");
}

TEST_F(Serve, TheStoreLiesBesideTheArtifactHoweverItIsNamed) {
  const auto before = snapshot(artifact_);
  artifact_ += "/";
  const std::unique_ptr<Served> served = serve();
  EXPECT_TRUE(fs::exists(path_of("artifact.db")));
  EXPECT_EQ(snapshot(artifact_), before);
}

TEST_F(Serve, WhatCannotStartSaysWhyAndLeavesNothing) {
  const std::vector<std::string> base{"serve", "--artifact", artifact_};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = base;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  expect_refused(run({"serve", "--artifact", path_of("nothing")}), {"nothing"});
  EXPECT_FALSE(fs::exists(path_of("nothing.db")));
  expect_refused(with({"--store", "mysql://shop"}), {"mysql"});
  expect_refused(with({"--keys", path_of("no-keys")}), {"no-keys"});
  expect_refused(with({"--data", path_of("no-data")}), {"no-data"});
  expect_refused(with({"--address", "nowhere", "--open"}), {"nowhere"});
  expect_usage_error(with({"--address", "0.0.0.0"}), {"--keys", "--open"});
  expect_usage_error(with({"--tls-key", "k.pem"}), {"--tls-certificate"});
  expect_usage_error(with({"--event-weights", "buy"}), {"buy=3"});
  expect_usage_error(with({"--retrain-every", "often"}), {"24h"});
  const std::unique_ptr<Served> served = serve();
  expect_refused(with({"--port", std::to_string(served->port()), "--store", path_of("other.db")}), {"another program"});
}

}  // namespace
}  // namespace monet::test
