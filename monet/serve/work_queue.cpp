#include "monet/serve/work_queue.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace monet::serve {

WorkQueue::WorkQueue(const Engine& engine, QueueOptions options) : engine_(engine), options_(options) {
  for (int t = 0; t < std::max(1, options_.threads); ++t) threads_.emplace_back([this] { work(); });
}

WorkQueue::~WorkQueue() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  something_waits_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkQueue::push(Waiting waiting) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= options_.most_waiting || stop_) return false;
    queue_.push_back(std::move(waiting));
  }
  something_waits_.notify_one();
  return true;
}

bool WorkQueue::ask(Ask ask, Done done) {
  return push({std::move(ask), std::move(done), nullptr});
}

bool WorkQueue::run(Job job) {
  return push({{}, nullptr, std::move(job)});
}

std::size_t WorkQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

/// A job, or the asks before the next one. Empty: everything is done, and the queue ends.
std::vector<WorkQueue::Waiting> WorkQueue::take() {
  std::unique_lock lock(mutex_);
  something_waits_.wait(lock, [this] { return stop_ || !queue_.empty(); });
  std::vector<Waiting> taken;
  while (!queue_.empty() && taken.size() < options_.most_together) {
    const bool job = queue_.front().job != nullptr;
    if (job && !taken.empty()) break;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (job) break;
  }
  return taken;
}

void WorkQueue::work() {
  ThreadPool pool(1);
  for (;;) {
    std::vector<Waiting> taken = take();
    if (taken.empty()) return;
    if (taken.front().job) {
      taken.front().job(pool);
      continue;
    }
    std::vector<Ask> asks;
    for (Waiting& waiting : taken) asks.push_back(std::move(waiting.ask));
    std::vector<Answer> answers(asks.size());
    try {
      answers = engine_.recommend(pool, asks);
    } catch (const std::exception& error) {
      for (Answer& answer : answers) answer.failed = error.what();
    }
    for (std::size_t a = 0; a < answers.size(); ++a) taken[a].done(std::move(answers[a]));
  }
}

}  // namespace monet::serve
