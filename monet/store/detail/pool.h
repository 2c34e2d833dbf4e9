#pragma once

#include "monet/store/detail/connection.h"

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace monet::store::detail {

/// Connections, at most `most` in use at a time; made when they are needed, and kept.
class Pool {
 public:
  Pool(Connect connect, std::size_t most) : connect_(std::move(connect)), most_(most) {}

  /// What `work` makes of a connection; waits until it may have one. Where a kept one proves broken, once more with a
  /// new one.
  template <class Work>
  auto with(const Work& work) {
    const Place place(*this);
    if (std::unique_ptr<Connection> kept = take_kept()) {
      try {
        return use(std::move(kept), work);
      } catch (const ConnectionLost&) {
        drop_kept();  // the others waited as long
      }
    }
    return use(connect_(), work);
  }

 private:
  /// The right to use a connection.
  class Place {
   public:
    explicit Place(Pool& pool);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Pool& pool_;
  };

  template <class Work>
  auto use(std::unique_ptr<Connection> connection, const Work& work) {
    try {
      auto result = work(*connection);
      keep(std::move(connection));
      return result;
    } catch (const ConnectionLost&) {
      throw;
    } catch (...) {
      if (connection) keep(std::move(connection));
      throw;
    }
  }
  /// One that is kept, if any.
  std::unique_ptr<Connection> take_kept();
  void keep(std::unique_ptr<Connection> connection);
  void drop_kept();

  Connect connect_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable place_is_free_;
  std::size_t used_ = 0;
  std::vector<std::unique_ptr<Connection>> kept_;
};

}  // namespace monet::store::detail
