// Batches, a full queue, an orderly end.
#include "monet/serve/work_queue.h"

#include "tests/serve/small_shop.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

namespace monet::serve {
namespace {

using test::answer_of;
using test::names;

class WorkQueueTest : public ::testing::Test {
 protected:
  test::SmallShop shop_;
  std::unique_ptr<Engine> engine_ = shop_.open_engine();
};

TEST_F(WorkQueueTest, EveryAskIsAnsweredAsByItself) {
  std::vector<std::promise<Answer>> answers(40);
  {
    WorkQueue queue(*engine_, {.threads = 2, .most_waiting = 100, .most_together = 7});
    for (std::size_t a = 0; a < answers.size(); ++a) {
      ASSERT_TRUE(queue.ask({.user = "u" + std::to_string(a % 5), .k = 3},
                            [&answers, a](Answer answer) { answers[a].set_value(std::move(answer)); }));
    }
  }
  for (std::size_t a = 0; a < answers.size(); ++a) {
    EXPECT_EQ(names(answers[a].get_future().get()),
              names(answer_of(*engine_, {.user = "u" + std::to_string(a % 5), .k = 3})));
  }
}

TEST_F(WorkQueueTest, AFullQueueSaysSoAtOnceAndGoesOnLater) {
  std::promise<void> release;
  std::promise<void> began;
  std::atomic<int> done = 0;
  {
    WorkQueue queue(*engine_, {.threads = 1, .most_waiting = 2, .most_together = 8});
    ASSERT_TRUE(queue.run([&](ThreadPool&) {
      began.set_value();
      release.get_future().wait();
    }));
    began.get_future().wait();
    const auto count = [&](const Answer&) { ++done; };
    EXPECT_TRUE(queue.ask({.user = "u0"}, count));
    EXPECT_TRUE(queue.run([&](ThreadPool&) { ++done; }));
    EXPECT_EQ(queue.waiting(), 2U);
    EXPECT_FALSE(queue.ask({.user = "u0"}, count));
    EXPECT_FALSE(queue.run([&](ThreadPool&) { ++done; }));
    release.set_value();
  }
  EXPECT_EQ(done, 2) << "what was taken is done, what was refused is not";
}

}  // namespace
}  // namespace monet::serve
