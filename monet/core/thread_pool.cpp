#include "monet/core/thread_pool.h"

#include "monet/core/error.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>

namespace monet {

namespace {

// A wait that is worth staying awake for: waking takes as long.
constexpr auto kSoon = std::chrono::microseconds(150);
constexpr int kLooks = 64;  // between two looks at the clock
constexpr int kMostSkipped = 64;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Waits awake for a condition, for a short time. Where that keeps being in vain, the others are waiting for a core: it
// is tried less and less often, since a thread that waits awake is passed over when cores are given out.
class Patience {
 public:
  template <class Condition>
  bool comes_soon(const Condition& condition) {
    if (condition()) return true;
    if (skip_ > 0) {
      --skip_;
      return false;
    }
    const auto deadline = std::chrono::steady_clock::now() + kSoon;
    do {
      for (int look = 0; look < kLooks; ++look) {
        if (condition()) {
          next_skip_ = 1;
          return true;
        }
        pause();
      }
    } while (std::chrono::steady_clock::now() < deadline);
    skip_ = next_skip_;
    next_skip_ = std::min(2 * next_skip_, kMostSkipped);
    return false;
  }

 private:
  int skip_ = 0;
  int next_skip_ = 1;
};

}  // namespace

ThreadPool::ThreadPool(int threads) {
  if (threads < 1) fail<InvalidArgument>("[threads] {} threads asked for; at least 1 is needed", threads);
  errors_.resize(static_cast<std::size_t>(threads));
  workers_.reserve(static_cast<std::size_t>(threads) - 1);
  for (int worker = 1; worker < threads; ++worker) workers_.emplace_back([this, worker] { loop(worker); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void ThreadPool::start(Call call, void* context) {
  call_ = call;
  context_ = context;
  running_ = static_cast<int>(workers_.size());
  {
    const std::lock_guard lock(mutex_);
    ++generation_;
  }
  wake_.notify_all();
  std::exception_ptr own;
  try {
    call(context, 0);
  } catch (...) {
    own = std::current_exception();
  }
  const auto all_done = [this] { return running_ == 0; };
  thread_local Patience patience;
  if (!patience.comes_soon(all_done)) {
    std::unique_lock lock(mutex_);
    done_.wait(lock, all_done);
  }
  errors_[0] = own;
  std::exception_ptr first;
  for (auto& error : errors_) {
    if (error && !first) first = error;
    error = nullptr;
  }
  if (first) std::rethrow_exception(first);
}

void ThreadPool::loop(int worker) {
  Patience patience;
  std::uint64_t seen = 0;
  for (;;) {
    const auto called = [&] { return stop_ || generation_ != seen; };
    if (!patience.comes_soon(called)) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, called);
    }
    if (stop_) return;
    seen = generation_;
    std::exception_ptr error;
    try {
      call_(context_, worker);
    } catch (...) {
      error = std::current_exception();
    }
    // Moved, so that the last reference is dropped by the caller, who may be reading the exception.
    errors_[static_cast<std::size_t>(worker)] = std::move(error);
    {
      const std::lock_guard lock(mutex_);
      --running_;
    }
    done_.notify_one();
  }
}

int ThreadPool::physical_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }
  std::set<std::string> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed)) continue;
    std::ifstream siblings("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
    std::string key;
    if (!std::getline(siblings, key)) key = "cpu" + std::to_string(cpu);
    cores.insert(key);
  }
  return std::max(1, static_cast<int>(cores.size()));
}

}  // namespace monet
