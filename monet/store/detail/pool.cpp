#include "monet/store/detail/pool.h"

namespace monet::store::detail {

Pool::Place::Place(Pool& pool) : pool_(pool) {
  std::unique_lock lock(pool_.mutex_);
  pool_.place_is_free_.wait(lock, [&] { return pool_.used_ < pool_.most_; });
  ++pool_.used_;
}

Pool::Place::~Place() {
  {
    const std::lock_guard lock(pool_.mutex_);
    --pool_.used_;
  }
  pool_.place_is_free_.notify_one();
}

std::unique_ptr<Connection> Pool::take_kept() {
  const std::lock_guard lock(mutex_);
  if (kept_.empty()) return nullptr;
  std::unique_ptr<Connection> connection = std::move(kept_.back());
  kept_.pop_back();
  return connection;
}

void Pool::keep(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  kept_.push_back(std::move(connection));
}

void Pool::drop_kept() {
  std::vector<std::unique_ptr<Connection>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(kept_);
}

}  // namespace monet::store::detail
