#include "monet/http/detail/admission.h"

namespace monet::http {

std::optional<Admission::Place> Admission::enter(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  if (open_ >= all_) return std::nullopt;
  if (of_peer_ > 0) {
    std::size_t& of_this = peers_[peer];
    if (of_this >= of_peer_) return std::nullopt;
    ++of_this;
  }
  ++open_;
  return std::optional<Place>(std::in_place, *this, peer);
}

void Admission::leave(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  --open_;
  if (const auto found = peers_.find(peer); found != peers_.end() && --found->second == 0) peers_.erase(found);
  if (open_ == 0) left_.notify_all();
}

std::size_t Admission::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void Admission::wait_empty(std::chrono::milliseconds grace) {
  std::unique_lock lock(mutex_);
  left_.wait_for(lock, grace, [&] { return open_ == 0; });
}

}  // namespace monet::http
