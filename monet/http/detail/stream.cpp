#include "monet/http/detail/stream.h"

#include "monet/core/error.h"

#include <utility>  // g++ 12: before Asio

#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <fstream>
#include <string>
#include <type_traits>

namespace monet::http {

namespace asio = boost::asio;
using Socket = asio::ip::tcp::socket;
using boost::system::error_code;

struct Tls::Context {
  asio::ssl::context ssl{asio::ssl::context::tls_server};
};

namespace {

/// What OpenSSL says of a file, in one line; opening it first tells a file that is not there from one that is wrong.
void need_readable(const std::filesystem::path& file, std::string_view what) {
  errno = 0;
  std::ifstream in(file);
  if (!in || in.peek() == std::ifstream::traits_type::eof()) {
    if (errno != 0) files::fail_io(file, "read", errno);
    fail<DataError>("{}: the {} is empty", file.string(), what);
  }
}

}  // namespace

Tls::Tls(const std::filesystem::path& certificate, const std::filesystem::path& key)
    : context_(std::make_unique<Context>()) {
  need_readable(certificate, "certificate");
  need_readable(key, "key");
  asio::ssl::context& ssl = context_->ssl;
  ssl.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_compression);
  SSL_CTX* const native = ssl.native_handle();
  if (SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1)
    fail<InternalError>("[http] OpenSSL knows no TLS 1.2");
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection then holds 34 KB less
  error_code error;
  // Without this an encrypted key would be asked for on the terminal.
  ssl.set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string(); }, error);
  if (!error) ssl.use_certificate_chain_file(certificate.string(), error);
  if (error) {
    fail<DataError>("{}: not a certificate in PEM format ({})", certificate.string(), error.message());
  }
  ssl.use_private_key_file(key.string(), asio::ssl::context::pem, error);
  if (error && ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH) {
    fail<DataError>("{}: the key does not belong to the certificate {}", key.string(), certificate.string());
  }
  if (error) {
    fail<DataError>("{}: not an unencrypted private key in PEM format ({})", key.string(), error.message());
  }
}

Tls::~Tls() = default;

namespace {

/// What plain sockets and TLS have in common. `Layer` is what bytes are read from and written to.
template <class Layer>
class SocketStream : public Stream {
 public:
  template <class... Arguments>
  explicit SocketStream(Arguments&&... arguments) : layer_(std::forward<Arguments>(arguments)...) {}

  void read(std::span<char> into, std::function<void(std::size_t)> done) override {
    layer_.async_read_some(
        asio::buffer(into.data(), into.size()),
        [done = std::move(done)](const error_code& error, std::size_t bytes) { done(error ? 0 : bytes); });
  }

  void write(std::string_view head, std::string_view body, std::function<void(bool)> done) override {
    const std::array buffers = {asio::const_buffer(head.data(), head.size()),
                                asio::const_buffer(body.data(), body.size())};
    asio::async_write(layer_, buffers,
                      [done = std::move(done)](const error_code& error, std::size_t) { done(!error); });
  }

  void cancel() override {
    error_code ignored;  // of a closed socket: it has ended already
    socket().cancel(ignored);
  }

  void close() override {
    error_code ignored;  // the descriptor is released in any case
    socket().close(ignored);
  }

 protected:
  Socket& socket() {
    if constexpr (std::is_same_v<Layer, Socket>) {
      return layer_;
    } else {
      return layer_.next_layer();
    }
  }

  void discard(std::function<void()> done) {
    error_code ignored;  // where the other side has gone, reading says so
    socket().shutdown(Socket::shutdown_send, ignored);
    waste_.resize(16 << 10);
    discard_more(std::move(done));
  }

  Layer layer_;

 private:
  void discard_more(std::function<void()> done) {
    socket().async_read_some(asio::buffer(waste_),
                             [this, done = std::move(done)](const error_code& error, std::size_t) {
                               if (error) return done();
                               discard_more(done);
                             });
  }

  std::string waste_;
};

class PlainStream final : public SocketStream<Socket> {
 public:
  using SocketStream::SocketStream;

  void open(std::function<void(bool)> done) override {
    asio::post(layer_.get_executor(), [done = std::move(done)] { done(true); });
  }
  void drain(std::function<void()> done) override { discard(std::move(done)); }
};

class TlsStream final : public SocketStream<asio::ssl::stream<Socket>> {
 public:
  using SocketStream::SocketStream;

  void open(std::function<void(bool)> done) override {
    layer_.async_handshake(asio::ssl::stream_base::server,
                           [done = std::move(done)](const error_code& error) { done(!error); });
  }
  void drain(std::function<void()> done) override {
    // The farewell of TLS fails where the other side still sends; the bytes below it can be thrown away all the same.
    layer_.async_shutdown([this, done = std::move(done)](const error_code&) { discard(done); });
  }
};

}  // namespace

std::unique_ptr<Stream> make_stream(Loop& loop, files::Descriptor socket, const Tls* tls) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  const bool v6 =
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.ss_family == AF_INET6;
  const int on = 1;
  // Without it a response of two packets would wait for the other side's acknowledgement. A closed socket has none.
  if (::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0) errno = 0;
  Socket taken(loop.context());
  error_code error;
  taken.assign(v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), socket.get(), error);
  if (error) return nullptr;
  socket.release();
  if (tls == nullptr) return std::make_unique<PlainStream>(std::move(taken));
  return std::make_unique<TlsStream>(std::move(taken), tls->context().ssl);
}

}  // namespace monet::http
