#pragma once

#include "monet/core/view.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace monet {

/// A fixed team of workers that sleep between jobs, after a short wait for the next one: jobs of a training step follow
/// each other within microseconds, and waking takes longer. Work is owned statically (worker w always gets the same
/// part), so a result depends on the number of threads but never on timing. One job at a time; a job must not start
/// another on the same pool.
class ThreadPool {
 public:
  /// `threads` >= 1 workers, the caller being worker 0. Throws InvalidArgument for fewer.
  explicit ThreadPool(int threads = 1);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls `job(worker)` once for each worker in [0, size()) and returns when all are done. The exception of the lowest
  /// worker that threw is rethrown. With one thread this is a plain call.
  template <class Job>
  void run(Job&& job) {
    if (workers_.empty()) {
      job(0);
      return;
    }
    using Plain = std::remove_reference_t<Job>;
    start([](void* context, int worker) { (*static_cast<Plain*>(context))(worker); },
          const_cast<void*>(static_cast<const void*>(&job)));
  }

  /// Splits [0, count) into size() consecutive ranges and calls `body(begin, end, worker)` for each non-empty one.
  /// Boundaries are multiples of `grain` (but for the last).
  template <class Body>
  void for_range(Index count, Body&& body, Index grain = 1) {
    const Index blocks = (count + grain - 1) / grain;
    const Index workers = size();
    run([&](int worker) {
      const Index begin = blocks * worker / workers * grain;
      const Index end = std::min(count, blocks * (worker + 1) / workers * grain);
      if (begin < end) body(begin, end, worker);
    });
  }

  /// Physical cores this process may run on (at least 1): the default of `--threads`.
  static int physical_cores();

 private:
  using Call = void (*)(void* context, int worker);
  void start(Call call, void* context);
  void loop(int worker);

  // A job is written before `generation_` grows, its errors before `running_` falls. The mutex only guards going to
  // sleep: whoever changes what a sleeper waits for takes it before notifying.
  std::atomic<std::uint64_t> generation_ = 0;
  std::atomic<int> running_ = 0;
  std::atomic<bool> stop_ = false;
  Call call_ = nullptr;
  void* context_ = nullptr;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::vector<std::exception_ptr> errors_;
  std::vector<std::thread> workers_;
};

}  // namespace monet
