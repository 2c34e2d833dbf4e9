#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace boost::asio {
class io_context;
}

namespace monet::http {

using Clock = std::chrono::steady_clock;

/// A thread and what it waits for: sockets, deadlines, tasks. What belongs to a loop is touched by its thread only.
class Loop {
 public:
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  void start();
  /// Runs `last` on the thread, which then ends, and here what closed sockets have left to say. Not from the thread
  /// itself.
  void stop(const std::function<void()>& last);
  /// Runs the task on the thread, after what it is doing. From any thread; of a stopped loop, the task never runs.
  void post(std::function<void()> task);
  boost::asio::io_context& context() { return *context_; }

 private:
  struct Work;
  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<Work> work_;
  std::thread thread_;
};

/// Calls `expired` when the time that was set last has come. Setting it anew is cheap: a timer is started only where it
/// has to go off earlier than the one that runs.
class Deadline {
 public:
  Deadline(Loop& loop, std::function<void()> expired);
  ~Deadline();

  void set(Clock::time_point when);
  void clear() { set(Clock::time_point::max()); }

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace monet::http
