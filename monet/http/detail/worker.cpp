#include "monet/http/detail/worker.h"

#include "monet/http/detail/connection.h"

#include <utility>
#include <vector>

namespace monet::http {

Worker::Worker(std::shared_ptr<Service> service) : service_(std::move(service)) {}

Worker::~Worker() = default;

void Worker::add(files::Descriptor socket, std::string peer, Admission::Place place, bool turn_away) {
  // A task is copied like any function, what it brings is not.
  struct Arrival {
    files::Descriptor socket;
    std::string peer;
    Admission::Place place;
  };
  auto arrival = std::make_shared<Arrival>(Arrival{std::move(socket), std::move(peer), std::move(place)});
  loop_.post([this, arrival, turn_away] {
    if (finishing_) return;
    auto stream = make_stream(loop_, std::move(arrival->socket), service_->tls ? &*service_->tls : nullptr);
    if (!stream) return;
    auto connection = std::make_shared<Connection>(*this, service_, std::move(stream), std::move(arrival->peer),
                                                   std::move(arrival->place));
    connections_.emplace(connection.get(), connection);
    if (turn_away) {
      connection->turn_away();
    } else {
      connection->start();
    }
  });
}

void Worker::finish() {
  finishing_ = true;
  std::vector<std::shared_ptr<Connection>> all;
  for (const auto& [key, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) connection->finish();
}

void Worker::close_all() {
  while (!connections_.empty()) connections_.begin()->second->close();
}

void Worker::remove(const Connection& connection) {
  connections_.erase(&connection);
}

}  // namespace monet::http
