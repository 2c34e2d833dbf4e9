// Writes events into a store from many threads, and prints the key of each once it is acknowledged:
//   store_writer ADDRESS EVENTS
// The event of key n is always the same. kill_test.cpp kills it.
#include "monet/core/error.h"
#include "monet/store/group_commit.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kWriters = 32;

int run(const std::string& address, int events) {
  const auto store = monet::store::open_store(address);
  monet::store::GroupCommit commit(*store);
  std::atomic<int> next = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&] {
      for (int n = next++; n < events; n = next++) {
        const std::string key = std::to_string(n);
        try {
          commit.append({{"user " + key, "item", "view", n + 1, 1'700'000'000, key}});
        } catch (const monet::Error& error) {
          std::fprintf(stderr, "%s\n", error.what());
          ++failed;
          return;
        }
        // At once: what is printed was acknowledged, and a kill takes no more than what is not.
        const std::string line = key + "\n";
        if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return run(argv[1], std::atoi(argv[2]));
}
