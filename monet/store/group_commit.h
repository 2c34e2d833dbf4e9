#pragma once

#include "monet/store/store.h"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace monet::store {

/// Appends from many threads in common transactions: while one waits for the disk, others gather, and the next
/// transaction takes them all. A write is as durable as `Store::append`; a disk that syncs 200 times a second so takes
/// thousands of writes. An erasure (`Store::erase_user`) leaves alone what waits here: whoever erases waits for it
/// first.
class GroupCommit {
 public:
  /// Called once for each accepted write, on the writer's thread: after its commit, or with what went wrong. Must not
  /// throw, nor wait for another write.
  using Done = std::function<void(AppendOutcome)>;

  /// `store` outlives this. At most `most_events` wait.
  explicit GroupCommit(Store& store, std::size_t most_events = 100'000);
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  /// Writes what waits, and answers it.
  ~GroupCommit();

  /// Hands events over, all or none as in `Store::append`. Returns at once; false: too many wait, nothing was taken,
  /// `done` is not called. A failure of the database answers those it befell; later writes try anew.
  bool submit(std::vector<Event> events, Done done);
  /// Hands over and waits. Throws as `Store::append`, and IoError when too many wait.
  AppendResult append(std::vector<Event> events);

  /// Events that wait or are being written.
  std::size_t waiting() const;

 private:
  void write_groups();

  Store& store_;
  const std::size_t most_events_;
  mutable std::mutex mutex_;
  std::condition_variable something_waits_;
  std::vector<std::vector<Event>> groups_;
  std::vector<Done> done_;
  std::size_t waiting_ = 0;
  bool stop_ = false;
  std::thread writer_;  // last: it uses the rest
};

}  // namespace monet::store
