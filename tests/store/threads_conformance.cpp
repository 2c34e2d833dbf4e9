// Many threads, and several processes' worth of stores on one database.
#include "monet/core/error.h"
#include "monet/store/group_commit.h"
#include "tests/store/conformance.h"

#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <thread>

namespace monet::store::test {
namespace {

using ::testing::HasSubstr;

std::vector<Event> batch_of(const std::string& user, int batch, int size) {
  std::vector<Event> events;
  for (int n = 0; n < size; ++n) events.push_back(view(user, std::to_string(batch) + "-" + std::to_string(n)));
  return events;
}

TEST_P(StoreThreads, ReadersSeeWholeTransactionsWhileOthersWrite) {
  constexpr int kBatch = 5;
  constexpr int kBatches = 40;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&] {
      std::size_t before = 0;
      while (!done.load()) {
        const auto events = store_->events_since(0, 1000);
        EXPECT_EQ(events.size() % kBatch, 0U);
        EXPECT_GE(events.size(), before);
        before = events.size();
        store_->counts();
      }
    });
  }
  for (int b = 0; b < kBatches; ++b) store_->append(batch_of("u", b, kBatch));
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(store_->counts().events, kBatch * kBatches);
}

TEST_P(StoreThreads, WhoFollowsPositionsMissesNothingThatOthersWrite) {
  constexpr int kBatches = 30;
  std::vector<std::thread> writers;
  for (int w = 0; w < 3; ++w) {
    writers.emplace_back([&, w] {
      const auto own = open_store(address_);
      for (int b = 0; b < kBatches; ++b) own->append(batch_of("u" + std::to_string(w), b, 1 + b % 3));
    });
  }
  const std::int64_t expected = 3 * kBatches * 2;
  std::vector<StoredEvent> followed;
  std::int64_t position = 0;
  while (static_cast<std::int64_t>(followed.size()) < expected && !HasFailure()) {
    for (StoredEvent& stored : store_->events_since(position, 7)) {
      ASSERT_GT(stored.position, position);
      position = stored.position;
      followed.push_back(std::move(stored));
    }
    if (position >= expected) break;
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(followed, store_->events_since(0, 1000));
  EXPECT_EQ(store_->state().position, expected);
}

TEST_P(StoreThreads, ManyOpenANewDatabaseAtOnce) {
  store_.reset();
  address_ = GetParam().new_address();
  std::vector<std::thread> openers;
  for (int t = 0; t < 4; ++t) {
    openers.emplace_back([&, t] {
      const Event event = view("u", std::to_string(t));
      open_store(address_)->append({&event, 1});
    });
  }
  for (std::thread& opener : openers) opener.join();
  EXPECT_EQ(open_store(address_, Access::read)->counts().events, 4);
}

TEST_P(StoreThreads, PatchesOfOneItemAllCount) {
  Item item = full_item("scarf");
  item.features.clear();
  store_->put_items({&item, 1});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto own = open_store(address_);
      for (int n = 0; n < 10; ++n) {
        ItemPatch patch;
        if (t == 0) patch.price = n;
        if (t == 1) patch.title = std::to_string(n);
        if (t == 2) patch.description = std::to_string(n);
        if (t == 3) patch.features = Features{{"image", {static_cast<float>(n)}}};
        own->patch_item("scarf", patch);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Item last = *store_->item("scarf");
  EXPECT_EQ(last.price, 9);
  EXPECT_EQ(last.title, "9");
  EXPECT_EQ(last.description, "9");
  EXPECT_EQ(last.features, (Features{{"image", {9.0F}}}));
}

TEST_P(StoreThreads, GroupsAreAcknowledgedOnceEachAfterTheirCommit) {
  constexpr int kWriters = 8;
  constexpr int kWrites = 25;
  {
    GroupCommit commit(*store_);
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&, w] {
        for (int n = 0; n < kWrites; ++n) {
          const std::string name = std::to_string(w) + "-" + std::to_string(n);
          const AppendResult result = commit.append({view("u", name, name), view("v", name)});
          EXPECT_EQ(result.added, 2);
          // Whoever has the answer finds the event.
          const auto found = store_->newest_events({{}, name, {}}, 9);
          ASSERT_EQ(found.size(), 2U);
          EXPECT_EQ(found[1].position, result.positions[0]);
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(commit.waiting(), 0U);
  }
  EXPECT_EQ(store_->counts().events, 2 * kWriters * kWrites);
}

TEST_P(StoreThreads, OfWritesInOneGroupOnlyTheWrongOneIsRefused) {
  GroupCommit commit(*store_);
  commit.append({view("u", "i", "key")});
  std::vector<std::thread> writers;
  std::atomic<int> refused = 0;
  for (int w = 0; w < 8; ++w) {
    writers.emplace_back([&, w] {
      try {
        // Every second one uses the key for another item.
        commit.append({view("u", w % 2 == 0 ? "i" : "j", "key"), view("w", std::to_string(w))});
      } catch (const DataError& error) {
        EXPECT_THAT(error.what(), HasSubstr("'key'"));
        ++refused;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(store_->counts().events, 1 + 4);
}

TEST_P(StoreThreads, WhatWaitsIsWrittenBeforeTheEnd) {
  std::atomic<int> answers = 0;
  {
    GroupCommit commit(*store_);
    for (int n = 0; n < 200; ++n) {
      ASSERT_TRUE(commit.submit({view("u", std::to_string(n))}, [&](const AppendOutcome& outcome) {
        EXPECT_FALSE(outcome.error);
        ++answers;
      }));
    }
  }
  EXPECT_EQ(answers, 200);
  EXPECT_EQ(store_->counts().events, 200);
}

TEST_P(StoreThreads, TooManyAreToldSoAtOnce) {
  GroupCommit commit(*store_, 10);
  std::promise<void> go_on;
  std::promise<void> begun;
  // The first answer holds the writer up, so that the rest waits.
  ASSERT_TRUE(commit.submit({view("u", "first")}, [&](const AppendOutcome&) {
    begun.set_value();
    go_on.get_future().wait();
  }));
  begun.get_future().wait();
  std::atomic<int> answers = 0;
  const auto count = [&](const AppendOutcome& outcome) { answers += outcome.error ? 0 : 1; };
  EXPECT_TRUE(commit.submit(batch_of("u", 0, 6), count));
  EXPECT_FALSE(commit.submit(batch_of("u", 1, 5), count));
  EXPECT_THAT(message_of<IoError>([&] { commit.append(batch_of("u", 2, 5)); }), HasSubstr("try again"));
  EXPECT_TRUE(commit.submit(batch_of("u", 3, 4), count));
  EXPECT_EQ(commit.waiting(), 10U);
  go_on.set_value();
  while (answers < 2) std::this_thread::yield();
  EXPECT_TRUE(commit.submit(batch_of("u", 4, 10), count));
  while (answers < 3) std::this_thread::yield();
  EXPECT_EQ(store_->counts().events, 1 + 6 + 4 + 10);
}

}  // namespace
}  // namespace monet::store::test
