#include "monet/store/group_commit.h"

#include "monet/core/error.h"

#include <future>
#include <utility>

namespace monet::store {

GroupCommit::GroupCommit(Store& store, std::size_t most_events)
    : store_(store), most_events_(most_events), writer_([this] { write_groups(); }) {}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  something_waits_.notify_one();
  writer_.join();
}

bool GroupCommit::submit(std::vector<Event> events, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ + events.size() > most_events_) return false;
    waiting_ += events.size();
    groups_.push_back(std::move(events));
    done_.push_back(std::move(done));
  }
  something_waits_.notify_one();
  return true;
}

AppendResult GroupCommit::append(std::vector<Event> events) {
  std::promise<AppendOutcome> promise;
  if (!submit(std::move(events), [&](AppendOutcome outcome) { promise.set_value(std::move(outcome)); })) {
    fail<IoError>("{}: {} events wait to be written already; try again", store_.name(), most_events_);
  }
  AppendOutcome outcome = promise.get_future().get();
  if (outcome.error) std::rethrow_exception(outcome.error);
  return std::move(outcome.result);
}

std::size_t GroupCommit::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void GroupCommit::write_groups() {
  std::vector<std::vector<Event>> groups;
  std::vector<Done> done;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      something_waits_.wait(lock, [this] { return stop_ || !groups_.empty(); });
      if (groups_.empty()) return;
      groups.swap(groups_);
      done.swap(done_);
    }
    std::vector<AppendOutcome> outcomes;
    try {
      outcomes = store_.append_groups(groups);
    } catch (...) {
      outcomes.assign(groups.size(), {{}, std::current_exception()});
    }
    std::size_t written = 0;
    for (const std::vector<Event>& group : groups) written += group.size();
    {
      // Before the answers: whoever has one may hand over the next.
      const std::lock_guard lock(mutex_);
      waiting_ -= written;
    }
    for (std::size_t g = 0; g < groups.size(); ++g) done[g](std::move(outcomes[g]));
    groups.clear();
    done.clear();
  }
}

}  // namespace monet::store
