// Durable writes: events through GroupCommit into a store in a file, from so many threads that each wait for the
// acknowledgement before they send the next, as requests of clients do. Each commit is synced to the disk, so beside
// them stands what the disk does: syncs a second of a small append.
//
//   store_bench [--store ADDRESS] [--seconds S] [--short]
//
// The store is a new one in the working folder, whose disk is measured; --store gives another (its events are added to
// it). Checked: all acknowledged events are there, once.
#include "monet/core/error.h"
#include "monet/store/group_commit.h"
#include "bench/timing.h"
#include "tests/core/files/scoped_folder.h"

#include <fmt/core.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using monet::bench::now;
using monet::store::Event;

/// Appends of 4 KiB with fdatasync, a second.
double syncs_per_second(const std::string& path, double seconds) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot write here");
  const std::string block(4096, 'x');
  int syncs = 0;
  const double start = now();
  for (; now() - start < seconds; ++syncs) {
    if (write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) || fdatasync(file) != 0) {
      throw std::runtime_error("cannot write here");
    }
  }
  const double rate = syncs / (now() - start);
  close(file);
  return rate;
}

Event event_of(int writer, int number) {
  return {fmt::format("user-{}", (writer * 7919 + number) % 10'007),
          fmt::format("item-{}", number % 5'003),
          "view",
          std::nullopt,
          1'700'000'000 + number,
          fmt::format("{}-{}-{}", getpid(), writer, number)};
}

/// Runs `writers` threads for so long; prints the rate. Whether all that was acknowledged is there.
bool measure(monet::store::Store& store, int writers, int events_each, double seconds) {
  const std::int64_t before = store.counts().events;
  std::atomic<std::int64_t> acknowledged = 0;
  std::atomic<std::int64_t> failed = 0;
  static int first = 0;  // numbers go on: keys are used once
  std::vector<std::vector<double>> waits(static_cast<std::size_t>(writers));
  const double start = now();
  {
    monet::store::GroupCommit commit(store);
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
      threads.emplace_back([&, w, number = first]() mutable {
        while (now() - start < seconds) {
          std::vector<Event> events;
          for (int e = 0; e < events_each; ++e) events.push_back(event_of(w, number++));
          const double sent = now();
          try {
            acknowledged += commit.append(std::move(events)).added;
          } catch (const monet::Error&) {
            ++failed;
          }
          waits[static_cast<std::size_t>(w)].push_back(now() - sent);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const double took = now() - start;
  first += 10'000'000;
  std::vector<double> all;
  for (const std::vector<double>& some : waits) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) { return 1e3 * all[static_cast<std::size_t>(share * double(all.size() - 1))]; };
  fmt::print("{:>3} writers, {:>3} events each time: {:>7.0f} events/s; a write takes {:.2f} ms (99 %: {:.2f})\n",
             writers, events_each, static_cast<double>(acknowledged) / took, at(0.5), at(0.99));
  return failed == 0 && store.counts().events == before + acknowledged;
}

}  // namespace

int main(int argc, char** argv) {
  std::string address;
  double seconds = 5.0;
  for (int a = 1; a < argc; ++a) {
    const std::string_view option = argv[a];
    if (option == "--short") {
      seconds = 0.2;
    } else if (a + 1 < argc && option == "--store") {
      address = argv[++a];
    } else if (a + 1 < argc && option == "--seconds") {
      seconds = std::max(0.1, std::atof(argv[++a]));
    } else {
      fmt::print(stderr, "unknown option {}\n", option);
      return 2;
    }
  }
  const monet::test::ScopedFolder folder{"."};  // in the working folder
  if (address.empty()) address = folder.path_of("store.db");
  fmt::print("the disk syncs {:.0f} appends a second\n", syncs_per_second(folder.path_of("syncs"), seconds / 5));
  const auto store = monet::store::open_store(address);
  bool right = true;
  for (const int writers : {1, 16, 64, 256}) right = measure(*store, writers, 1, seconds) && right;
  right = measure(*store, 16, 20, seconds) && right;
  if (!right) {
    fmt::print(stderr, "store_bench: acknowledged events are not there, or there twice\n");
    return 1;
  }
  return 0;
}
