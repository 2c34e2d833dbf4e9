#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace monet::http {

/// How many connections may be open, in all and of one address. From any thread.
class Admission {
 public:
  /// `of_peer` 0: any number.
  Admission(std::size_t all, std::size_t of_peer) : all_(all), of_peer_(of_peer) {}

  /// A connection's right to be there, given back by its end.
  class Place {
   public:
    Place(Admission& of, std::string peer) : of_(&of), peer_(std::move(peer)) {}
    Place(Place&& other) noexcept : of_(std::exchange(other.of_, nullptr)), peer_(std::move(other.peer_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (of_ != nullptr) of_->leave(peer_);
    }

   private:
    Admission* of_;
    std::string peer_;
  };

  /// None where a limit is reached.
  std::optional<Place> enter(const std::string& peer);
  std::size_t open() const;
  /// Waits until nobody is there, at most so long.
  void wait_empty(std::chrono::milliseconds grace);

 private:
  void leave(const std::string& peer);

  const std::size_t all_;
  const std::size_t of_peer_;
  mutable std::mutex mutex_;
  std::condition_variable left_;
  std::size_t open_ = 0;
  std::unordered_map<std::string, std::size_t> peers_;  // empty where their number does not matter
};

}  // namespace monet::http
