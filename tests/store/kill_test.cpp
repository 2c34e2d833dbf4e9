// kill -9 at random moments of 10,000 acknowledged writes: none is lost and none doubled. tests/kills.h says how often.
#include "tests/kills.h"
#include "tests/store/support.h"

#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <random>
#include <set>

namespace monet::store::test {
namespace {

constexpr int kWrites = 10'000;

/// The writer's keys, until it has printed `most` of them; then it is killed.
std::set<int> acknowledged_before_kill(const std::string& address, int most, bool& killed) {
  std::array<int, 2> pipe_ends{};
  EXPECT_EQ(pipe2(pipe_ends.data(), O_CLOEXEC), 0);
  const std::string writes = std::to_string(kWrites);
  const pid_t child = fork();
  if (child == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    execl(MONET_STORE_WRITER, MONET_STORE_WRITER, address.c_str(), writes.c_str(), nullptr);
    _exit(127);
  }
  close(pipe_ends[1]);
  std::set<int> keys;
  FILE* lines = fdopen(pipe_ends[0], "r");
  int key = 0;
  while (std::fscanf(lines, "%d\n", &key) == 1) {
    keys.insert(key);
    if (static_cast<int>(keys.size()) == most) kill(child, SIGKILL);  // the rest of the pipe was acknowledged, too
  }
  std::fclose(lines);
  int status = 0;
  waitpid(child, &status, 0);
  killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  EXPECT_TRUE(killed || status == 0) << status;
  return keys;
}

TEST(StoreKilled, NoAcknowledgedWriteIsLostAndNoneDoubled) {
  const ScopedFolder folder;
  std::mt19937 generator(20240607);
  int killed_so_far = 0;
  std::size_t in_doubt = 0;
  for (int round = 0; killed_so_far < monet::test::kills(); ++round) {
    ASSERT_LT(round, 5 * monet::test::kills()) << "the writer ends before it is killed";
    SCOPED_TRACE("round " + std::to_string(round));
    const std::string address = folder.path_of(std::to_string(round) + ".db");
    bool killed = false;
    const std::set<int> acknowledged =
        acknowledged_before_kill(address, std::uniform_int_distribution<int>(1, kWrites - 1)(generator), killed);
    if (!killed) continue;
    ++killed_so_far;
    const auto store = open_store(address);
    std::set<int> kept;
    for (const StoredEvent& stored : store->events_since(0, 2 * kWrites)) {
      const int key = std::stoi(stored.event.key);
      ASSERT_TRUE(kept.insert(key).second) << key << " is there twice";
      ASSERT_EQ(stored.event.user, "user " + stored.event.key);
      ASSERT_EQ(stored.event.weight, key + 1);
    }
    for (const int key : acknowledged) ASSERT_TRUE(kept.contains(key)) << key << " is lost";
    in_doubt += kept.size() - acknowledged.size();
    // Whoever got no answer sends all again: each is there once.
    bool killed_again = false;
    EXPECT_EQ(acknowledged_before_kill(address, kWrites + 1, killed_again).size(), std::size_t{kWrites});
    EXPECT_FALSE(killed_again);
    EXPECT_EQ(store->counts().events, kWrites);
  }
  std::printf("%d killed; %zu writes were done and not yet acknowledged\n", killed_so_far, in_doubt);
}

}  // namespace
}  // namespace monet::store::test
