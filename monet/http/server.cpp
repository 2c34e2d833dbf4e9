#include "monet/http/server.h"

#include "monet/core/error.h"
#include "monet/core/log.h"
#include "monet/http/detail/listener.h"
#include "monet/http/detail/worker.h"

#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace monet::http {

namespace {

const ServerOptions& checked(const ServerOptions& options) {
  if (options.threads < 1 || options.threads > 256) {
    fail<InvalidArgument>("`threads` is {}, expected 1 to 256", options.threads);
  }
  if (options.certificate.empty() != options.key.empty()) {
    fail<InvalidArgument>("`certificate` and `key` go together: give both or none");
  }
  if (options.header_bytes < 64 || options.header_bytes > (1 << 30)) {
    fail<InvalidArgument>("`header-bytes` is {}, expected 64 to 2^30", options.header_bytes);
  }
  if (options.connections < 1) fail<InvalidArgument>("`connections` is 0, expected at least 1");
  const std::chrono::milliseconds none{0};
  if (options.header_deadline <= none || options.body_deadline <= none || options.idle_deadline <= none ||
      options.write_deadline <= none) {
    fail<InvalidArgument>("a deadline is not positive: expected 1 ms at least");
  }
  return options;
}

}  // namespace

Service::Service(ServerOptions of, Handler handle)
    : options(std::move(of)), handler(std::move(handle)), admission(options.connections, options.connections_of_peer) {
  limits.header_bytes = options.header_bytes;
  limits.header_fields = options.header_fields;
  limits.body_bytes = options.body_limit;
  if (!limits.body_bytes) limits.body_bytes = [bytes = options.body_bytes](std::string_view) { return bytes; };
  if (!options.certificate.empty()) tls.emplace(options.certificate, options.key);
}

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler)
      : service_(std::make_shared<Service>(std::move(options), std::move(handler))) {
    for (unsigned k = 0; k < service_->options.threads; ++k) workers_.push_back(std::make_shared<Worker>(service_));
    listener_ = std::make_unique<Listener>(
        workers_.front()->loop(), service_->options.address, service_->options.port,
        [this](files::Descriptor socket, std::string peer) { take(std::move(socket), std::move(peer)); });
  }

  void start() {
    listener_->start();
    for (const auto& worker : workers_) worker->loop().start();
    started_ = true;
  }

  void stop(std::chrono::milliseconds grace) {
    const std::lock_guard lock(stopping_);
    if (stopped_) return;
    stopped_ = true;
    if (!started_) return;
    workers_.front()->loop().post([this] { listener_->stop(); });
    for (const auto& worker : workers_) worker->loop().post([to = worker.get()] { to->finish(); });
    service_->admission.wait_empty(grace);
    for (const auto& worker : workers_) {
      worker->loop().stop([&] { worker->close_all(); });
    }
  }

  std::uint16_t port() const { return listener_->port(); }

  Counters counters() const {
    return {.open = service_->admission.open(),
            .accepted = service_->accepted,
            .refused = service_->refused,
            .requests = service_->requests,
            .bad = service_->bad,
            .timeouts = service_->timeouts};
  }

 private:
  /// On the first worker's thread.
  void take(files::Descriptor socket, std::string peer) {
    ++service_->accepted;
    auto place = service_->admission.enter(peer);
    if (place) return give(std::move(socket), std::move(peer), std::move(*place), false);
    ++service_->refused;
    if (service_->tls) return;  // a handshake is just what there is no time for
    auto aside = service_->turned_away.enter(peer);
    if (aside) give(std::move(socket), std::move(peer), std::move(*aside), true);
  }

  void give(files::Descriptor socket, std::string peer, Admission::Place place, bool turn_away) {
    Worker& worker = *workers_[next_++ % workers_.size()];
    worker.add(std::move(socket), std::move(peer), std::move(place), turn_away);
  }

  std::shared_ptr<Service> service_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::unique_ptr<Listener> listener_;
  std::size_t next_ = 0;
  std::mutex stopping_;
  bool started_ = false;
  bool stopped_ = false;
};

Server::Server(ServerOptions options, Handler handler) {
  checked(options);
  impl_ = std::make_unique<Impl>(std::move(options), std::move(handler));
}

Server::~Server() {
  try {
    stop(std::chrono::milliseconds(0));
  } catch (const std::exception& error) {  // its loops end with it all the same
    log::write(log::Level::error, error.what());
  }
}

std::uint16_t Server::port() const {
  return impl_->port();
}

void Server::start() {
  impl_->start();
}

void Server::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}

Counters Server::counters() const {
  return impl_->counters();
}

}  // namespace monet::http
