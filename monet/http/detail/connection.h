#pragma once

#include "monet/http/detail/admission.h"
#include "monet/http/detail/loop.h"
#include "monet/http/detail/request_parser.h"
#include "monet/http/detail/service.h"
#include "monet/http/detail/stream.h"
#include "monet/http/response.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace monet::http {

class Worker;

/// One client: reads a request, waits for its answer, writes it, reads the next. On the thread of its worker only.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Worker& worker, std::shared_ptr<Service> service, std::unique_ptr<Stream> stream, std::string peer,
             Admission::Place place);

  void start();
  /// Answers 503 to whatever comes.
  void turn_away();
  /// Ends after the request that has begun, at once where there is none.
  void finish();
  void close();

 private:
  enum class At { opening, idle, reading, answering, writing, draining, closed };

  void read_more();
  void take(std::size_t bytes);
  void parse();
  void begin_body();
  void send_continue();
  void answer();
  void refuse(int status, std::string_view detail);
  void respond(Response response);
  void written(bool ok);
  void next();
  void drain();
  void expire();

  Worker& worker_;
  std::shared_ptr<Service> service_;
  std::unique_ptr<Stream> stream_;
  std::string peer_;
  std::optional<Admission::Place> place_;
  Deadline deadline_;
  At at_ = At::opening;
  bool first_ = true;       // nothing was answered yet
  bool expired_ = false;    // while reading
  bool finishing_ = false;  // no further request

  std::string buffer_;  // of it the bytes from `begin_` to `end_` wait to be parsed
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  RequestParser parser_;
  bool body_begun_ = false;

  bool keep_ = false;  // the connection, after the response
  bool head_only_ = false;
  std::string head_;
  Response response_;
};

}  // namespace monet::http
