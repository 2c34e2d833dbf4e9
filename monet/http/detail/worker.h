#pragma once

#include "monet/http/detail/loop.h"
#include "monet/http/detail/service.h"

#include <memory>
#include <string>
#include <unordered_map>

namespace monet::http {

class Connection;

/// A loop and the connections that belong to it. A reply that is still to come keeps it alive, not its connections.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  explicit Worker(std::shared_ptr<Service> service);
  ~Worker();

  Loop& loop() { return loop_; }
  /// From any thread: serves a connected socket, or answers it 503 (`turn_away`).
  void add(files::Descriptor socket, std::string peer, Admission::Place place, bool turn_away);
  /// Of the loop's thread: takes no more connections, closes those without a request, and the others after theirs.
  void finish();
  /// Of the loop's thread.
  void close_all();
  void remove(const Connection& connection);

 private:
  std::shared_ptr<Service> service_;
  bool finishing_ = false;
  Loop loop_;
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> connections_;
};

}  // namespace monet::http
