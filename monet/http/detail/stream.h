#pragma once

#include "monet/core/files/io_error.h"
#include "monet/http/detail/loop.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace monet::http {

/// The bytes of one connection, on its loop's thread: at most one call of `open`, `read` and `drain` at a time, and one
/// `write`. What is given must stay where it is until `done` is called, which is never from within the call.
class Stream {
 public:
  virtual ~Stream() = default;
  /// TLS: the handshake.
  virtual void open(std::function<void(bool ok)> done) = 0;
  /// At least one byte; 0: the other side has ended, something failed, or `cancel` was called.
  virtual void read(std::span<char> into, std::function<void(std::size_t bytes)> done) = 0;
  /// All of both.
  virtual void write(std::string_view head, std::string_view body, std::function<void(bool ok)> done) = 0;
  /// Says that nothing more will come, and throws away what still arrives until the other side has ended. Closing with
  /// bytes unread would have the kernel reset the connection, and the other side lose the answer.
  virtual void drain(std::function<void()> done) = 0;
  /// Ends the running call.
  virtual void cancel() = 0;
  virtual void close() = 0;
};

/// Certificate and key.
class Tls {
 public:
  /// Throws DataError where the files are not what they should be.
  Tls(const std::filesystem::path& certificate, const std::filesystem::path& key);
  ~Tls();

  struct Context;
  Context& context() const { return *context_; }

 private:
  std::unique_ptr<Context> context_;
};

/// For a connected, non-blocking socket; with `tls` behind TLS.
std::unique_ptr<Stream> make_stream(Loop& loop, files::Descriptor socket, const Tls* tls);

}  // namespace monet::http
