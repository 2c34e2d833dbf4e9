#pragma once

#include "monet/dist/mpi_call.h"

#include <chrono>
#include <optional>
#include <vector>

namespace monet::dist {

/// Who of a job still lives: every process tells process 0, and process 0 every other, each second. That all are done
/// is agreed on in the same way: so nobody who is done first is taken for dead, and nobody waits in MPI_Finalize, which
/// knows no limit. The communicator of MPI is used for nothing else. Calls come one at a time.
class Pulse {
 public:
  using Seconds = std::chrono::duration<double>;

  /// Throws DistributedError.
  Pulse(MPI_Comm communicator, int rank, int size);
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  /// To be called several times a second; `since` the last call. Returns a process that has been silent for longer than
  /// `most_silent`; time in which this process itself stood still does not count. Throws DistributedError.
  std::optional<int> beat(Seconds since, Seconds most_silent);

  /// This process is done: it only waits for the others.
  void leave() { leaving_ = true; }
  /// Whether all are done and know it of each other; there are no beats any more.
  bool left() const { return left_; }

 private:
  /// What processes say: the others kAlive, kLeaving, and kLeft once process 0 has said kLeave, which it does when all
  /// are leaving. Who has said kLeave or kLeft says nothing more.
  enum Word : int { kAlive, kLeaving, kLeave, kLeft };
  struct Peer {
    int rank = 0;
    Seconds silent{};
    Word heard = kAlive;
    Word told = kAlive;
    MPI_Request sending = MPI_REQUEST_NULL;
  };

  void listen();
  void hear();
  Word word() const;
  bool speak(Peer& peer, bool due);
  bool all_heard(Word word) const;

  MPI_Comm communicator_;
  bool first_;
  bool leaving_ = false;
  bool left_ = false;
  std::vector<Peer> peers_;  // of process 0 all others, of the others process 0
  Seconds since_spoken_{};
  Word arriving_ = kAlive;
  MPI_Request listening_ = MPI_REQUEST_NULL;
};

}  // namespace monet::dist
