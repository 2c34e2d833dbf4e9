#include "monet/dist/mpi_guard.h"

#include "monet/dist/error.h"
#include "monet/dist/mpi_launcher.h"
#include "monet/dist/mpi_report.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

extern char** environ;

namespace monet::dist {

namespace {

// "PID DESCRIPTOR" of the guard, for the program that it starts.
constexpr const char* kGuard = "MONET_MPI_GUARD";
constexpr int kExitDistributed = 4;
constexpr int kExitInterrupted = 130;
constexpr char kStop = 's';
constexpr char kFinished = 'f';
// Handed on to the program.
constexpr std::array<int, 8> kForwarded{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};

void require(bool done, const char* what) {
  if (!done) fail<DistributedError>("cannot start the program under its guard: {}: {}", what, std::strerror(errno));
}

void require_zero(int error, const char* what) {
  errno = error;
  require(error == 0, what);
}

class Guard {
 public:
  explicit Guard(char** argv) {
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "socketpair");
    link_ = ends[0];
    ::signal(SIGCHLD, SIG_DFL);
    ::sigemptyset(&signals_);
    for (const int number : kForwarded) ::sigaddset(&signals_, number);
    ::sigaddset(&signals_, SIGCHLD);
    sigset_t before;
    require(::sigprocmask(SIG_BLOCK, &signals_, &before) == 0, "sigprocmask");
    start(argv, ends[1], before);
    ::close(ends[1]);
  }

  /// Until the program has ended; returns the exit code.
  int watch() {
    for (;;) {
      siginfo_t info{};
      const int number = ::sigwaitinfo(&signals_, &info);
      int status = 0;
      if (number == SIGCHLD) {
        if (::waitpid(program_, &status, WNOHANG) == program_) return exit_code(status);
      } else if (number > 0) {
        hand_on(number);
      }
    }
  }

 private:
  // In a process group of its own: launchers send signals to the guard's, and the program would get them twice.
  void start(char** argv, int descriptor, const sigset_t& mask) {
    require(::setenv(kGuard, fmt::format("{} {}", ::getpid(), descriptor).c_str(), 1) == 0, "setenv");
    require(::fcntl(descriptor, F_SETFD, 0) == 0, "fcntl");
    posix_spawnattr_t attributes;
    require_zero(::posix_spawnattr_init(&attributes), "posix_spawnattr_init");
    require_zero(::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK),
                 "posix_spawnattr_setflags");
    require_zero(::posix_spawnattr_setpgroup(&attributes, 0), "posix_spawnattr_setpgroup");
    require_zero(::posix_spawnattr_setsigmask(&attributes, &mask), "posix_spawnattr_setsigmask");
    require_zero(::posix_spawn(&program_, "/proc/self/exe", nullptr, &attributes, argv, environ), "posix_spawn");
    ::posix_spawnattr_destroy(&attributes);
  }

  // SIGUSR1 is what mpirun hands on without ending the job itself, and Slurm's `--signal` may be: it asks to stop, too.
  void hand_on(int number) {
    if (number == SIGUSR1) number = SIGTERM;
    if (number == SIGINT || number == SIGTERM) {
      stop_asked_ = true;
      // A program that has gone meanwhile is noticed by SIGCHLD.
      (void)!::send(link_, &kStop, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    ::kill(program_, number);
  }

  bool finished() const {
    char said = 0;
    return ::recv(link_, &said, 1, MSG_DONTWAIT) == 1 && said == kFinished;
  }

  int exit_code(int status) const {
    const std::string who = fmt::format("process {} on {}", launched_rank(), host_name());
    if (WIFSIGNALED(status)) {
      const int number = WTERMSIG(status);
      if (stop_asked_) return kExitInterrupted;
      report_line(fmt::format("{} was ended by signal {} ({}{}); the job ends", who, number, ::sigdescr_np(number),
                              number == SIGKILL ? ", perhaps for lack of memory" : ""));
      abort_by_launcher(kExitDistributed);
      return kExitDistributed;
    }
    const int code = WEXITSTATUS(status);
    if (finished() || code == kExitDistributed || stop_asked_) return code;
    report_line(fmt::format("{} ended too early, with exit code {}; the job ends", who, code));
    abort_by_launcher(kExitDistributed);
    return kExitDistributed;
  }

  int link_ = -1;
  pid_t program_ = 0;
  sigset_t signals_{};
  bool stop_asked_ = false;
};

}  // namespace

bool GuardLink::stop_asked() {
  char said = 0;
  if (descriptor_ >= 0 && ::recv(descriptor_, &said, 1, MSG_DONTWAIT) == 1) stop_asked_ = true;
  return stop_asked_;
}

void GuardLink::finish() {
  // A guard that is gone takes this process with it.
  if (descriptor_ >= 0) (void)!::send(descriptor_, &kFinished, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

GuardLink begin_guarded(char** argv) {
  const char* guard = std::getenv(kGuard);
  if (guard == nullptr) ::_exit(Guard(argv).watch());
  char* rest = nullptr;
  const long id = std::strtol(guard, &rest, 10);
  const int descriptor = static_cast<int>(std::strtol(rest, nullptr, 10));
  ::unsetenv(kGuard);
  require(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
  if (::getppid() != id) ::_exit(kExitDistributed);
  require(::fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, "fcntl");
  return GuardLink(descriptor);
}

}  // namespace monet::dist
