#include "tests/dist/thread_communicator.h"

#include "monet/dist/error.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace monet::test {

namespace {

using Bytes = std::vector<std::byte>;

// Messages that were sent and not yet received, by sender and receiver, in order.
struct Post {
  explicit Post(int size) : size(size), boxes(static_cast<std::size_t>(size) * static_cast<std::size_t>(size)) {}

  std::deque<Bytes>& box(int from, int to) {
    return boxes[static_cast<std::size_t>(from) * static_cast<std::size_t>(size) + static_cast<std::size_t>(to)];
  }

  int size;
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<std::deque<Bytes>> boxes;
  std::exception_ptr failure;
};

class ThreadTransfer final : public dist::Transfer {
 public:
  ThreadTransfer(Post& post, int rank, std::span<const std::span<std::byte>> receive)
      : post_(post), rank_(rank), receive_(receive.begin(), receive.end()) {}
  ~ThreadTransfer() override {
    try {
      wait();
    } catch (...) {  // the other side failed first
    }
  }

  void wait() override {
    if (done_) return;
    done_ = true;
    for (int from = 0; from < post_.size; ++from) {
      std::unique_lock lock(post_.mutex);
      std::deque<Bytes>& box = post_.box(from, rank_);
      post_.arrived.wait(lock, [&] { return !box.empty() || post_.failure != nullptr; });
      if (box.empty()) fail<dist::DistributedError>("process {} failed", from);
      const std::span<std::byte> to = receive_[static_cast<std::size_t>(from)];
      if (box.front().size() != to.size()) {
        fail<InternalError>("process {} sent {} bytes to process {}, which wanted {}", from, box.front().size(), rank_,
                            to.size());
      }
      std::copy(box.front().begin(), box.front().end(), to.begin());
      box.pop_front();
    }
  }

 private:
  Post& post_;
  int rank_;
  std::vector<std::span<std::byte>> receive_;
  bool done_ = false;
};

class ThreadCommunicator final : public dist::Communicator {
 public:
  ThreadCommunicator(Post& post, int rank) : post_(post), rank_(rank) {}
  int rank() const override { return rank_; }
  int size() const override { return post_.size; }

  // What arrives is taken in the order of `wait`, so transfers must be waited for in the order in which they began.
  std::unique_ptr<dist::Transfer> exchange(std::span<const std::span<const std::byte>> send,
                                           std::span<const std::span<std::byte>> receive) override {
    {
      const std::lock_guard lock(post_.mutex);
      for (int to = 0; to < post_.size; ++to) {
        const auto bytes = send[static_cast<std::size_t>(to)];
        post_.box(rank_, to).emplace_back(bytes.begin(), bytes.end());
      }
    }
    post_.arrived.notify_all();
    return std::make_unique<ThreadTransfer>(post_, rank_, receive);
  }

  void abort(int exit_code) override { fail<InternalError>("aborted with {}", exit_code); }

 private:
  Post& post_;
  int rank_;
};

}  // namespace

std::vector<int> process_counts() {
  return {1, 2, 3, 4, 7};
}

void run_processes(int size, const std::function<void(dist::Communicator& world)>& body) {
  Post post(size);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      try {
        ThreadCommunicator world(post, rank);
        body(world);
      } catch (...) {
        const std::lock_guard lock(post.mutex);
        if (post.failure == nullptr) post.failure = std::current_exception();
        post.arrived.notify_all();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (post.failure != nullptr) std::rethrow_exception(post.failure);
}

}  // namespace monet::test
