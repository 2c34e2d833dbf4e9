#include "monet/core/error.h"
#include "monet/core/log.h"
#include "monet/http/server.h"

#include <atomic>
#include <exception>
#include <utility>

namespace monet::http {

struct Reply::Pending {
  explicit Pending(std::function<void(Response)> to) : deliver(std::move(to)) {}
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() {
    if (sent) return;
    try {
      deliver(problem(500, "The server did not answer this request."));
    } catch (const std::exception& error) {
      log::write(log::Level::error, error.what());
    }
  }

  std::function<void(Response)> deliver;
  std::atomic<bool> sent{false};
};

Reply::Reply(std::function<void(Response)> deliver) : pending_(std::make_shared<Pending>(std::move(deliver))) {}

void Reply::send(Response response) const {
  check(response);
  if (pending_->sent.exchange(true)) fail<InternalError>("[http] a reply was sent twice");
  pending_->deliver(std::move(response));
}

}  // namespace monet::http
