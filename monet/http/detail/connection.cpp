#include "monet/http/detail/connection.h"

#include "monet/core/error.h"
#include "monet/core/log.h"
#include "monet/http/detail/response_head.h"
#include "monet/http/detail/worker.h"

#include <cstring>
#include <exception>
#include <span>
#include <utility>

namespace monet::http {

namespace {

constexpr std::size_t kReadBytes = 4 << 10;  // what an idle connection holds
constexpr std::size_t kReadBodyBytes = 32 << 10;
constexpr std::size_t kJoinBytes = 4 << 10;  // a body up to this is sent with its head, in one piece
constexpr std::size_t kBodyBytesPerSecond = 64 << 10;
constexpr std::chrono::seconds kDrainDeadline{2};

}  // namespace

Connection::Connection(Worker& worker, std::shared_ptr<Service> service, std::unique_ptr<Stream> stream,
                       std::string peer, Admission::Place place)
    : worker_(worker),
      service_(std::move(service)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      place_(std::move(place)),
      deadline_(worker.loop(), [this] { expire(); }),
      parser_(service_->limits) {}

void Connection::start() {
  deadline_.set(Clock::now() + service_->options.header_deadline);
  stream_->open([self = shared_from_this()](bool ok) {
    if (self->at_ == At::closed) return;
    if (!ok) return self->close();
    self->at_ = At::idle;
    self->read_more();
  });
}

void Connection::turn_away() {
  Response response = problem(503, "The server has as many connections as it may have, in all or of one address.");
  response.headers.emplace_back("Retry-After", "1");
  at_ = At::answering;
  respond(std::move(response));
}

void Connection::read_more() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const std::size_t room = parser_.state() == RequestParser::State::body ? kReadBodyBytes : kReadBytes;
  if (at_ == At::idle && buffer_.size() > room) buffer_ = std::string();
  if (buffer_.size() < end_ + room) buffer_.resize(end_ + room);
  stream_->read(std::span(buffer_).subspan(end_),
                [self = shared_from_this()](std::size_t bytes) { self->take(bytes); });
}

void Connection::take(std::size_t bytes) {
  if (at_ == At::closed) return;
  if (expired_) return refuse(408, "The request did not come whole in the time that it has.");
  if (bytes == 0) return close();
  end_ += bytes;
  parse();
}

void Connection::parse() {
  if (at_ == At::idle) {
    at_ = At::reading;
    // Of a new connection the time runs since it was accepted.
    if (!first_) deadline_.set(Clock::now() + service_->options.header_deadline);
  }
  for (;;) {
    const std::size_t used = parser_.put(std::string_view(buffer_).substr(begin_, end_ - begin_));
    begin_ += used;
    switch (parser_.state()) {
      case RequestParser::State::header: return read_more();
      case RequestParser::State::body:
        if (!body_begun_) {
          begin_body();
          if (parser_.expects_continue() && begin_ == end_) return send_continue();
        } else if (used == 0) {
          return read_more();
        }
        break;
      case RequestParser::State::complete: return answer();
      case RequestParser::State::refused: return refuse(parser_.refusal().status, parser_.refusal().detail);
    }
  }
}

void Connection::begin_body() {
  body_begun_ = true;
  const auto extra = std::chrono::seconds(parser_.body_bytes() / kBodyBytesPerSecond);
  deadline_.set(Clock::now() + service_->options.body_deadline + extra);
}

void Connection::send_continue() {
  head_ = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_->write(head_, {}, [self = shared_from_this()](bool ok) {
    if (self->at_ == At::closed) return;
    if (!ok) return self->close();
    self->read_more();
  });
}

void Connection::answer() {
  at_ = At::answering;
  deadline_.clear();
  keep_ = parser_.keep_alive();
  ++service_->requests;
  Request request = std::move(parser_.request());
  head_only_ = request.method == "HEAD";
  request.peer = peer_;
  request.tls = service_->tls.has_value();
  Reply reply([worker = worker_.shared_from_this(), weak = weak_from_this()](Response response) {
    worker->loop().post([weak, response = std::move(response)]() mutable {
      if (const auto self = weak.lock()) self->respond(std::move(response));
    });
  });
  try {
    service_->handler(std::move(request), std::move(reply));
  } catch (const std::exception& error) {
    // The reply that it had is answered 500.
    log::write(log::Level::error, "a request could not be handled: " + one_line(error.what()));
  }
}

void Connection::refuse(int status, std::string_view detail) {
  if (status == 408) {
    ++service_->timeouts;
  } else {
    ++service_->bad;
  }
  at_ = At::answering;
  keep_ = false;
  head_only_ = parser_.request().method == "HEAD";
  if (service_->options.refused) service_->options.refused(parser_.request(), status);
  respond(problem(status, detail));
}

void Connection::respond(Response response) {
  if (at_ != At::answering) return;  // closed meanwhile
  at_ = At::writing;
  keep_ = keep_ && !finishing_;
  response_ = std::move(response);
  head_ = response_head(response_, {.close = !keep_, .keep_alive = !parser_.is_1_1()});
  std::string_view body = response_.content();
  if (head_only_ || !has_body(response_.status)) body = {};
  if (body.size() <= kJoinBytes) {
    head_ += body;
    body = {};
  }
  deadline_.set(Clock::now() + service_->options.write_deadline);
  stream_->write(head_, body, [self = shared_from_this()](bool ok) { self->written(ok); });
}

void Connection::written(bool ok) {
  if (at_ == At::closed) return;
  if (!ok) return close();
  if (finishing_ && keep_ && begin_ == end_) return close();  // as an idle one
  if (!keep_ || finishing_) return drain();
  next();
}

void Connection::next() {
  at_ = At::idle;
  first_ = false;
  body_begun_ = false;
  response_ = {};
  parser_ = RequestParser(service_->limits);
  if (begin_ != end_) return parse();
  deadline_.set(Clock::now() + service_->options.idle_deadline);
  read_more();
}

void Connection::drain() {
  at_ = At::draining;
  deadline_.set(Clock::now() + kDrainDeadline);
  stream_->drain([self = shared_from_this()] { self->close(); });
}

void Connection::expire() {
  const auto self = shared_from_this();
  switch (at_) {
    case At::reading:  // `take` answers: two cannot wait for the stream's bytes
      expired_ = true;
      return stream_->cancel();
    case At::idle:
      if (first_) ++service_->timeouts;
      break;
    case At::opening:
    case At::writing: ++service_->timeouts; break;
    case At::answering:
    case At::draining:
    case At::closed: break;
  }
  close();
}

void Connection::finish() {
  finishing_ = true;
  if (at_ == At::opening || at_ == At::idle) close();
}

void Connection::close() {
  if (at_ == At::closed) return;
  const auto self = shared_from_this();
  at_ = At::closed;
  deadline_.clear();
  stream_->close();
  place_.reset();
  worker_.remove(*this);
}

}  // namespace monet::http
