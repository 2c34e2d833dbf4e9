#include "monet/http/detail/loop.h"

#include "monet/core/log.h"

#include <utility>  // g++ 12: before Asio, which uses std::exchange without it

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>

namespace monet::http {

namespace asio = boost::asio;

struct Loop::Work {
  asio::executor_work_guard<asio::io_context::executor_type> guard;
};

Loop::Loop()
    : context_(std::make_unique<asio::io_context>(1)),
      work_(std::make_unique<Work>(Work{asio::make_work_guard(*context_)})) {}

Loop::~Loop() {
  try {
    stop([] {});
  } catch (...) {  // no memory for a last task
    context_->stop();
    if (thread_.joinable()) thread_.join();
  }
}

void Loop::start() {
  thread_ = std::thread([this] {
    for (;;) {
      try {
        context_->run();
        return;
      } catch (const std::exception& error) {  // memory that is not there: what wanted it runs into its deadline
        log::write(log::Level::error, error.what());
      }
    }
  });
}

void Loop::stop(const std::function<void()>& last) {
  if (!thread_.joinable()) return;
  post([&] {
    last();
    context_->stop();
  });
  thread_.join();
  work_.reset();
  context_->restart();
  context_->poll();
}

void Loop::post(std::function<void()> task) {
  asio::post(*context_, std::move(task));
}

struct Deadline::State : std::enable_shared_from_this<State> {
  State(Loop& loop, std::function<void()> expire) : timer(loop.context()), expired(std::move(expire)) {}

  void arm() {
    armed = wanted;
    timer.expires_at(armed);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto state = weak.lock();
      if (error || !state) return;
      state->armed = Clock::time_point::max();
      if (state->wanted == Clock::time_point::max()) return;
      if (state->wanted > Clock::now()) return state->arm();
      state->wanted = Clock::time_point::max();
      state->expired();
    });
  }

  asio::steady_timer timer;
  std::function<void()> expired;
  Clock::time_point wanted = Clock::time_point::max();
  Clock::time_point armed = Clock::time_point::max();  // when the running timer goes off
};

Deadline::Deadline(Loop& loop, std::function<void()> expired)
    : state_(std::make_shared<State>(loop, std::move(expired))) {}

Deadline::~Deadline() = default;

void Deadline::set(Clock::time_point when) {
  state_->wanted = when;
  if (when < state_->armed) state_->arm();
}

}  // namespace monet::http
