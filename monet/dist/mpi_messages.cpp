#include "monet/dist/mpi_messages.h"

#include "monet/dist/error.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace monet::dist {

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kTags = 32768;  // as many as every MPI has
// A wait that sleeps takes 100 µs and more on a virtual machine (a message between two processes of a host: 5). But
// where processes outnumber cores, who stays awake keeps the one that it waits for from running: so the more often that
// was in vain, the more seldom it is tried. sched_yield gives a core
// away for a whole time slice where others are busy.
constexpr auto kAwake = std::chrono::microseconds(150);
constexpr unsigned kMostVain = 6;
constexpr auto kShortestSleep = std::chrono::microseconds(20);
constexpr auto kLongestSleep = std::chrono::microseconds(100);

}  // namespace

/// An exchange under way, as the parts of its messages: first those that are received.
class Messages::Parts final : public Transfer {
 public:
  Parts(Messages& messages, int tag) : messages_(messages), tag_(tag) { ++messages_.under_way_; }
  ~Parts() override {
    try {
      wait();
    } catch (...) {  // whoever needs what did not arrive has waited, and knows
    }
    --messages_.under_way_;
  }

  void receive(int from, std::span<std::byte> bytes) {
    for_parts(bytes, [&](std::span<std::byte> part) {
      expected_.push_back(part.size());
      check_mpi(MPI_Irecv(part.data(), mpi_int(part.size()), MPI_BYTE, from, tag_, messages_.communicator_, next()),
                "MPI_Irecv");
    });
  }

  void send(int to, std::span<const std::byte> bytes) {
    for_parts(bytes, [&](std::span<const std::byte> part) {
      check_mpi(MPI_Isend(part.data(), mpi_int(part.size()), MPI_BYTE, to, tag_, messages_.communicator_, next()),
                "MPI_Isend");
    });
  }

  void wait() override {
    if (done()) return;
    ++messages_.waiting_;
    try {
      if (!stayed_awake()) sleep();
    } catch (...) {
      --messages_.waiting_;
      left_ = 0;
      throw;
    }
    --messages_.waiting_;
  }

 private:
  template <class Byte, class Body>
  void for_parts(std::span<Byte> bytes, const Body& body) {
    while (!bytes.empty()) {
      const std::size_t size = std::min(bytes.size(), messages_.part_bytes_);
      body(bytes.first(size));
      bytes = bytes.subspan(size);
    }
  }

  MPI_Request* next() {
    ++left_;
    return &requests_.emplace_back(MPI_REQUEST_NULL);
  }

  bool done() const { return left_ == 0; }

  /// Returns whether everything is done; where that took no time, nothing is learnt of it.
  bool stayed_awake() {
    test();
    if (done()) return true;
    if (messages_.waits_++ % (1U << messages_.vain_) != 0) return false;
    const auto until = Clock::now() + kAwake;
    while (!done() && Clock::now() < until) test();
    if (done()) {
      messages_.vain_ -= messages_.vain_ > 0 ? 1 : 0;
    } else {
      messages_.vain_ = std::min(messages_.vain_ + 1, kMostVain);
    }
    return done();
  }

  void sleep() {
    for (auto time = kShortestSleep; !done(); time = std::min(time * 2, kLongestSleep)) {
      std::this_thread::sleep_for(time);
      test();
    }
  }

  void test() {
    const std::lock_guard lock(messages_.calls_);
    indices_.resize(requests_.size());
    statuses_.resize(requests_.size());
    int count = 0;
    const int code =
        MPI_Testsome(mpi_int(requests_.size()), requests_.data(), &count, indices_.data(), statuses_.data());
    if (code == MPI_ERR_IN_STATUS) {
      for (int k = 0; k < count; ++k) check_mpi(statuses_[static_cast<std::size_t>(k)].MPI_ERROR, "MPI_Testsome");
    }
    check_mpi(code, "MPI_Testsome");
    if (count == MPI_UNDEFINED) fail<InternalError>("[mpi] {} of {} parts were lost", left_, requests_.size());
    for (int k = 0; k < count; ++k) check_length(static_cast<std::size_t>(k));
    left_ -= static_cast<std::size_t>(count);
  }

  void check_length(std::size_t k) const {
    const auto index = static_cast<std::size_t>(indices_[k]);
    if (index >= expected_.size()) return;
    int bytes = 0;
    check_mpi(MPI_Get_count(&statuses_[k], MPI_BYTE, &bytes), "MPI_Get_count");
    if (bytes != mpi_int(expected_[index])) {
      fail<InternalError>("[exchange] process {} sent {} bytes of {}", statuses_[k].MPI_SOURCE, bytes,
                          expected_[index]);
    }
  }

  Messages& messages_;
  int tag_;
  std::size_t left_ = 0;
  std::vector<std::size_t> expected_;  // bytes of each part that is received
  std::vector<MPI_Request> requests_;
  std::vector<int> indices_;
  std::vector<MPI_Status> statuses_;
};

std::unique_ptr<Transfer> Messages::begin(int rank, int size, std::span<const std::span<const std::byte>> send,
                                          std::span<const std::span<std::byte>> receive) {
  const auto own = static_cast<std::size_t>(rank);
  const auto processes = static_cast<std::size_t>(size);
  if (send.size() != processes || receive.size() != processes || send[own].size() != receive[own].size()) {
    fail<InvalidArgument>(
        "[exchange] {} and {} spans for {} processes, or a process that does not receive what it "
        "sends itself",
        send.size(), receive.size(), size);
  }
  std::copy(send[own].begin(), send[own].end(), receive[own].begin());
  auto parts = std::make_unique<Parts>(*this, static_cast<int>(sequence_++ % kTags));
  const std::lock_guard lock(calls_);
  // Each begins with the next one, so that not everybody sends to the same process first.
  for (std::size_t k = 1; k < receive.size(); ++k) {
    const std::size_t from = (own + receive.size() - k) % receive.size();
    parts->receive(mpi_int(from), receive[from]);
  }
  for (std::size_t k = 1; k < send.size(); ++k) {
    const std::size_t to = (own + k) % send.size();
    parts->send(mpi_int(to), send[to]);
  }
  return parts;
}

}  // namespace monet::dist
