#include "monet/http/detail/request_parser.h"

#include "monet/core/error.h"
#include "monet/http/detail/target.h"

#include <utility>  // g++ 12: before Asio

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <functional>
#include <limits>

namespace monet::http {

namespace beast = boost::beast;
using boost::system::error_code;
using BeastError = beast::http::error;

namespace {

constexpr std::size_t kExtensionBytes = 1024;  // of all chunks of a request together
constexpr std::array<std::string_view, 7> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

bool same_token(std::string_view a, beast::string_view b) {
  return beast::iequals(beast::string_view(a.data(), a.size()), b);
}

/// What Beast found wrong, for the person who reads it.
RequestParser::Refusal refusal_of(const error_code& error) {
  const auto is = [&](BeastError value) { return error == value; };
  if (is(BeastError::body_limit)) return {413, "The request's body is too long."};
  if (is(BeastError::bad_method)) return {400, "The request does not begin with a method."};
  if (is(BeastError::bad_target)) return {400, "The request line holds no target, or no version after it."};
  if (is(BeastError::bad_version)) return {400, "The request line does not end with HTTP/1.1 or HTTP/1.0 and CR LF."};
  if (is(BeastError::bad_line_ending)) return {400, "A line does not end with CR LF."};
  if (is(BeastError::bad_field)) return {400, "A header's name is empty or holds a character that it may not hold."};
  if (is(BeastError::bad_value))
    return {400, "A header's value holds a control character, or its line does not end with CR LF."};
  if (is(BeastError::bad_content_length)) return {400, "Content-Length is no number, or contradicts another header."};
  if (is(BeastError::bad_transfer_encoding)) return {400, "Transfer-Encoding comes twice, or with Content-Length."};
  if (is(BeastError::bad_chunk)) return {400, "The chunked body is malformed."};
  if (is(BeastError::bad_chunk_extension)) return {400, "A chunk's extension is malformed."};
  return {400, "The request is malformed."};
}

}  // namespace

/// Beast reads the lines; what it lets pass and a server behind a proxy must not is refused here (docs/development.md).
class RequestParser::Parser final : public beast::http::basic_parser<true> {
 public:
  explicit Parser(const ParserLimits& limits) : limits_(limits) {
    // `on_header_impl` knows the path first. None at all (boost::none) would refuse every length in Boost 1.74.
    body_limit(std::numeric_limits<std::uint64_t>::max());
    // Beast's own limit holds for each piece that it is given: `put_some` counts.
    header_limit(std::numeric_limits<std::uint32_t>::max());
  }

  std::size_t put_some(std::string_view bytes) {
    std::size_t used = 0;
    while (state_ == State::header || state_ == State::body) {
      const State before = state_;
      const std::size_t left = before == State::header ? limits_.header_bytes - header_bytes_ : bytes.size();
      given_ = bytes.substr(used, left);
      // Beast asserts that what follows the last chunk comes with it; a chunked body ends with five bytes at least.
      if (given_.size() < (before == State::body && chunked() ? 5 : 1)) break;
      error_code error;
      const std::size_t taken = put(boost::asio::const_buffer(given_.data(), given_.size()), error);
      const bool waits = error == BeastError::need_more;
      used += taken;
      if (before == State::header) header_bytes_ += taken;
      if (waits && given_.size() == left && before == State::header) {
        refuse(431, "The request's headers are longer than " + std::to_string(limits_.header_bytes) + " bytes.");
      } else if (waits && bytes.size() - used > limits_.header_bytes) {
        refuse_chunk();
      } else if (before == State::body && chunked() && is_done() && taken > limits_.header_bytes) {
        refuse_chunk();  // the last chunk with its trailers, which came whole
      } else if (error && !waits && refusal_.status == 0) {
        refusal_ = refusal_of(error);
      }
      if (refusal_.status != 0) {
        state_ = State::refused;
      } else if (is_done()) {
        state_ = State::complete;
      } else if (before == State::header && is_header_done()) {
        state_ = State::body;
        break;
      } else if (waits) {
        break;
      }
    }
    return used;
  }

  State state_ = State::header;
  Refusal refusal_;
  Request request_;
  bool expects_continue_ = false;
  std::size_t body_bytes_ = 0;

  bool is_1_1() const { return version_ == 11; }

 private:
  error_code refuse(int status, std::string detail) {
    refusal_ = {status, std::move(detail)};
    return BeastError::bad_value;  // any: `refusal_` is looked at first
  }

  error_code refuse_chunk() { return refuse(400, "A chunk's first line or the trailers are too long."); }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code& error) override {
    version_ = version;
    request_.method = view(method);
    request_.target = view(target);
    if (std::find(kMethods.begin(), kMethods.end(), request_.method) == kMethods.end()) {
      error = refuse(501, "The request's method is none that this server knows.");
      return;
    }
    if (auto wrong = read_target(request_); !wrong.empty()) error = refuse(400, std::move(wrong));
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    if (state_ != State::header) return;
    if (is_folded(name, value)) {
      error = refuse(400, "A header goes on in a second line, which HTTP no longer allows.");
      return;
    }
    if (request_.headers.size() == limits_.header_fields) {
      error = refuse(431, "The request has more than " + std::to_string(limits_.header_fields) + " headers.");
      return;
    }
    request_.headers.emplace_back(view(name), view(value));
    switch (field) {
      case beast::http::field::host: ++hosts_; break;
      case beast::http::field::content_length: ++lengths_; break;
      case beast::http::field::transfer_encoding: ++encodings_; break;
      default: break;
    }
  }

  /// Beast joins folded lines in a place of its own; where only blanks are folded, the line end lies before the value.
  bool is_folded(beast::string_view name, beast::string_view value) const {
    const char* const end = given_.data() + given_.size();
    const std::less<> before;
    if (before(value.data(), name.end()) || before(end, value.data())) return true;
    return std::find(name.end(), value.begin(), '\r') != value.begin();
  }

  void on_header_impl(error_code& error) override {
    if (hosts_ > 1 || (hosts_ == 0 && is_1_1())) {
      error = refuse(400, "The request needs exactly one Host header.");
      return;
    }
    if (hosts_ == 1 && !is_host(*request_.header("host"))) {
      error = refuse(400, "The Host header is not a host with or without a port.");
      return;
    }
    const std::string* const length = request_.header("content-length");
    if (lengths_ > 1 ||
        (length && !std::all_of(length->begin(), length->end(), [](char c) { return c >= '0' && c <= '9'; }))) {
      error = refuse(400, "Content-Length comes more than once, or is no number.");
      return;
    }
    if (encodings_ > 0 && (lengths_ > 0 || encodings_ > 1 || !is_1_1())) {
      error = refuse(400, "Transfer-Encoding comes twice, with Content-Length, or in HTTP/1.0.");
      return;
    }
    if (encodings_ == 1 && !same_token(*request_.header("transfer-encoding"), "chunked")) {
      error = refuse(501, "Of transfer encodings this server knows `chunked` alone.");
      return;
    }
    if (const std::string* const expect = request_.header("expect")) {
      if (!same_token(*expect, "100-continue")) {
        error = refuse(417, "Of expectations this server knows `100-continue`.");
        return;
      }
      expects_continue_ = is_1_1();
    }
    limit_ = limits_.body_bytes(request_.path);
    body_bytes_ = chunked() ? limit_ : static_cast<std::size_t>(content_length().value_or(0));
    if (body_bytes_ > limit_) error = too_long();
  }

  static bool is_host(std::string_view host) {
    return std::all_of(host.begin(), host.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("-._~%!$&'()*+;=:[]").find(c) != std::string_view::npos;
    });
  }

  error_code too_long() {
    return refuse(413, "The request's body is longer than " + std::to_string(limit_) + " bytes.");
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  // The body grows as it comes: a length that is only declared takes no memory.
  std::size_t on_body_impl(beast::string_view bytes, error_code&) override {
    request_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view extension, error_code& error) override {
    extension_bytes_ += extension.size();
    const bool control = std::any_of(extension.begin(), extension.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
    // Beast is given a chunk from its first byte on, and says so when all of its line is there.
    const bool in_one_piece = extension.data() != nullptr;
    const auto line = in_one_piece ? static_cast<std::size_t>(extension.data() + extension.size() - given_.data()) : 0;
    if (line >= limits_.header_bytes) {
      error = refuse_chunk();
    } else if (extension_bytes_ > kExtensionBytes || control) {
      error = refuse(400, "The chunks' extensions are too long or hold control characters.");
    } else if (size > limit_ - declared_) {
      error = too_long();
    } else {
      declared_ += static_cast<std::size_t>(size);
    }
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& error) override {
    return on_body_impl(bytes, error);
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  const ParserLimits& limits_;
  std::string_view given_;  // what Beast's views point into
  std::size_t header_bytes_ = 0;
  int version_ = 0;
  int hosts_ = 0;
  int lengths_ = 0;
  int encodings_ = 0;
  std::size_t limit_ = 0;     // of the body
  std::size_t declared_ = 0;  // by chunks so far
  std::size_t extension_bytes_ = 0;
};

RequestParser::RequestParser(const ParserLimits& limits) : parser_(std::make_unique<Parser>(limits)) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

std::size_t RequestParser::put(std::string_view bytes) {
  return parser_->put_some(bytes);
}

RequestParser::State RequestParser::state() const {
  return parser_->state_;
}

const RequestParser::Refusal& RequestParser::refusal() const {
  return parser_->refusal_;
}

Request& RequestParser::request() {
  return parser_->request_;
}

bool RequestParser::expects_continue() const {
  return parser_->expects_continue_;
}

bool RequestParser::keep_alive() const {
  return parser_->keep_alive();
}

bool RequestParser::is_1_1() const {
  return parser_->is_1_1();
}

std::size_t RequestParser::body_bytes() const {
  return parser_->body_bytes_;
}

}  // namespace monet::http
