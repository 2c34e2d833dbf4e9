#pragma once

namespace monet::dist {

/// What is said between a process of a job and its guard.
class GuardLink {
 public:
  GuardLink() = default;
  explicit GuardLink(int descriptor) : descriptor_(descriptor) {}

  /// Whether the guard was asked to end, by SIGINT, SIGTERM or SIGUSR1 (the process got SIGINT or SIGTERM).
  bool stop_asked();
  /// What exit code comes now is meant.
  void finish();

 private:
  int descriptor_ = -1;
  bool stop_asked_ = false;
};

/// To be called first in a process that a launcher started, without threads yet. It becomes a guard and never returns:
/// it starts the program once more, in which this call returns, hands signals on to it and takes over its exit code.
/// Where the program is killed, or ended by what it did not mean to, the guard says so in one line and exits with 4, so
/// that the launcher ends the job with that code. The program does not outlive its guard. Throws DistributedError.
GuardLink begin_guarded(char** argv);

}  // namespace monet::dist
