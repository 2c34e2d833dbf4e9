#include "monet/core/thread_pool.h"

#include "monet/core/error.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <vector>

namespace monet {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(ThreadPool, RefusesFewerThanOneThread) {
  EXPECT_THAT([] { ThreadPool pool(0); }, ThrowsMessage<InvalidArgument>(HasSubstr("0 threads")));
  EXPECT_THROW(ThreadPool(-3), InvalidArgument);
}

TEST(ThreadPool, RunsEachWorkerOnceAndTheCallerIsWorkerZero) {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    std::vector<int> calls(static_cast<std::size_t>(threads), 0);
    std::vector<std::thread::id> ids(static_cast<std::size_t>(threads));
    for (int round = 0; round < 50; ++round) {
      pool.run([&](int worker) {
        ++calls[static_cast<std::size_t>(worker)];
        ids[static_cast<std::size_t>(worker)] = std::this_thread::get_id();
      });
    }
    EXPECT_THAT(calls, Each(50));
    EXPECT_EQ(ids[0], std::this_thread::get_id());
    for (std::size_t w = 1; w < ids.size(); ++w) EXPECT_NE(ids[w], ids[0]);
  }
}

TEST(ThreadPool, RangesCoverEverythingOnceInOrderAtMultiplesOfTheGrain) {
  for (const int threads : {1, 2, 3, 7}) {
    ThreadPool pool(threads);
    for (const Index count : {Index{0}, Index{1}, Index{5}, Index{64}, Index{1001}}) {
      for (const Index grain : {Index{1}, Index{4}, Index{16}}) {
        std::vector<std::pair<Index, Index>> ranges(static_cast<std::size_t>(threads), {-1, -1});
        pool.for_range(
            count,
            [&](Index begin, Index end, int worker) {
              ranges[static_cast<std::size_t>(worker)] = {begin, end};
            },
            grain);
        Index reached = 0;
        for (const auto& [begin, end] : ranges) {
          if (begin < 0) continue;
          EXPECT_EQ(begin, reached);
          EXPECT_LT(begin, end);
          EXPECT_EQ(begin % grain, 0);
          reached = end;
        }
        EXPECT_EQ(reached, count) << threads << " threads, grain " << grain;
      }
    }
  }
}

TEST(ThreadPool, TheLowestWorkersExceptionComesThroughAndThePoolGoesOn) {
  ThreadPool pool(4);
  std::atomic<int> finished = 0;
  const auto job = [&](int worker) {
    if (worker >= 2) throw std::runtime_error("worker " + std::to_string(worker));
    ++finished;
  };
  for (int round = 0; round < 20; ++round) {
    EXPECT_THAT([&] { pool.run(job); }, ThrowsMessage<std::runtime_error>("worker 2"));
  }
  EXPECT_EQ(finished, 40);
  EXPECT_THAT([&] { pool.run([](int worker) { throw DataError("from " + std::to_string(worker)); }); },
              ThrowsMessage<DataError>("from 0"));
  int sum = 0;
  std::vector<int> parts(4, 0);
  pool.run([&](int worker) { parts[static_cast<std::size_t>(worker)] = worker; });
  for (const int part : parts) sum += part;
  EXPECT_EQ(sum, 6);
}

TEST(ThreadPool, OneThreadIsAPlainCall) {
  ThreadPool pool(1);
  EXPECT_THAT([&] { pool.run([](int) { throw DataError("plain"); }); }, ThrowsMessage<DataError>("plain"));
}

TEST(ThreadPool, WhatWorkersWroteIsThereAfterwards) {
  ThreadPool pool(3);
  std::vector<long> values(9999, 0);
  for (long round = 1; round <= 100; ++round) {
    pool.for_range(static_cast<Index>(values.size()), [&](Index begin, Index end, int) {
      for (Index i = begin; i < end; ++i) values[static_cast<std::size_t>(i)] += 1;
    });
    ASSERT_THAT(values.front(), round);
    ASSERT_THAT(values.back(), round);
  }
  EXPECT_THAT(values, Each(100));
}

TEST(ThreadPool, JobsRunWhetherWorkersAreAwakeOrAsleep) {
  using std::chrono::microseconds;
  ThreadPool pool(3);
  std::vector<int> calls(3, 0);
  int jobs = 0;
  for (const auto gap : {microseconds(0), microseconds(120), microseconds(1500)}) {
    for (int n = 0; n < 100; ++n, ++jobs) {
      std::this_thread::sleep_for(gap);
      pool.run([&](int worker) {
        if (worker == n % 3) std::this_thread::sleep_for(gap);  // the others wait for it
        ++calls[static_cast<std::size_t>(worker)];
      });
    }
  }
  EXPECT_THAT(calls, Each(jobs));
}

TEST(ThreadPool, EndsWhileItsWorkersStillWaitAwake) {
  for (int n = 0; n < 200; ++n) {
    ThreadPool pool(2);
    if (n % 2 == 0) pool.run([](int) {});
  }
}

TEST(ThreadPool, ThereIsAtLeastOnePhysicalCore) {
  EXPECT_GE(ThreadPool::physical_cores(), 1);
  EXPECT_LE(ThreadPool::physical_cores(), std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
}

}  // namespace
}  // namespace monet
