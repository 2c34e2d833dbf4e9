#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace monet::dist {

/// Bytes on their way between processes, begun by Communicator::exchange. Its memory is in use until `wait` has
/// returned; whoever throws in between must let it live that long, so it waits when it goes (and swallows errors then).
class Transfer {
 public:
  virtual ~Transfer() = default;
  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Returns when everything was received and what was sent may be written over. Throws DistributedError.
  virtual void wait() = 0;
};

/// The processes of a job and how bytes get from one to another: processes 0 to size() - 1, this one being rank(). What
/// others build on it is in collectives.h. Calls must come in the same order in every process, from one thread at a
/// time.
class Communicator {
 public:
  virtual ~Communicator() = default;
  Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  virtual int rank() const = 0;
  virtual int size() const = 0;

  /// Begins to send `send[r]` to each process r and to receive `receive[r]` from it, itself among them: size() spans
  /// each, of any length, as long as both sides agree. Returns at once. Throws DistributedError.
  virtual std::unique_ptr<Transfer> exchange(std::span<const std::span<const std::byte>> send,
                                             std::span<const std::span<std::byte>> receive) = 0;

  /// Ends every process of the job with this exit code, after other processes had a chance to say what is wrong.
  [[noreturn]] virtual void abort(int exit_code) = 0;

  /// How many of the processes share this one's host, itself among them.
  virtual int processes_here() const { return 1; }

  /// Name and version of the library that carries the messages; empty where there is none.
  virtual std::string library() const { return {}; }

  /// Process 0 speaks for all.
  bool is_first() const { return rank() == 0; }
  bool is_alone() const { return size() == 1; }
};

}  // namespace monet::dist
