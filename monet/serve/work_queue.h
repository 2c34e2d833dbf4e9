#pragma once

#include "monet/core/thread_pool.h"
#include "monet/serve/ask.h"
#include "monet/serve/engine.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace monet::serve {

struct QueueOptions {
  int threads = 1;
  std::size_t most_waiting = 512;  // asks and jobs; more are refused
  std::size_t most_together = 64;  // asks that are ranked as one batch
};

/// The threads that work for a service. Asks that wait together are ranked as one batch, which costs less than one
/// after the other: the more is asked, the larger the batches. Whoever comes when the queue is full is told so at once.
class WorkQueue {
 public:
  using Done = std::function<void(Answer)>;
  using Job = std::function<void(ThreadPool&)>;

  WorkQueue(const Engine& engine, QueueOptions options);
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;
  /// Finishes what waits.
  ~WorkQueue();

  /// `done` is called on a thread of the queue; it must not throw. False: the queue is full, and it is not called.
  bool ask(Ask ask, Done done);
  /// Anything else that takes a while; it must not throw.
  bool run(Job job);

  std::size_t waiting() const;

 private:
  struct Waiting {
    Ask ask;
    Done done;
    Job job;  // where set, in the place of the ask
  };
  bool push(Waiting waiting);
  void work();
  std::vector<Waiting> take();

  const Engine& engine_;
  const QueueOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable something_waits_;
  std::deque<Waiting> queue_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace monet::serve
