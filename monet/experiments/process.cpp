#include "monet/experiments/process.h"

#include "monet/core/error.h"
#include "monet/core/files/io_error.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace monet::experiments {

namespace {

/// The attributes and file actions of posix_spawn, freed at the end.
struct Spawn {
  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t actions{};

  Spawn() {
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&actions);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;
  ~Spawn() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
  }
};

files::Descriptor open_log(const std::filesystem::path& file) {
  files::Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!descriptor.valid()) files::fail_io(file, "write", errno);
  return descriptor;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

Process::Process(const std::filesystem::path& program, std::vector<std::string> arguments,
                 const std::filesystem::path& out, const std::filesystem::path& err, std::span<const int> inherited) {
  const files::Descriptor out_file = open_log(out);
  const files::Descriptor err_file = open_log(err);
  Spawn spawn;
  ::posix_spawnattr_setflags(&spawn.attributes, POSIX_SPAWN_SETPGROUP);
  ::posix_spawnattr_setpgroup(&spawn.attributes, 0);
  ::posix_spawn_file_actions_addopen(&spawn.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&spawn.actions, out_file.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&spawn.actions, err_file.get(), STDERR_FILENO);
  // Onto itself: that only keeps it open.
  for (const int descriptor : inherited) {
    ::posix_spawn_file_actions_adddup2(&spawn.actions, descriptor, descriptor);
  }
  std::string name = program.string();
  std::vector<char*> words{name.data()};
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  started_ = std::chrono::steady_clock::now();
  const int error = ::posix_spawn(&id_, name.c_str(), &spawn.actions, &spawn.attributes, words.data(), environ);
  if (error != 0) {
    id_ = -1;
    fail<IoError>("cannot start {}: {}", name, std::strerror(error));
  }
}

Process::Process(Process&& other) noexcept : id_(other.id_), started_(other.started_) {
  other.id_ = -1;
}

Process::~Process() {
  if (id_ < 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

std::optional<ProcessEnd> Process::poll() {
  int status = 0;
  rusage usage{};
  const pid_t ended = ::wait4(id_, &status, WNOHANG, &usage);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return std::nullopt;
  if (ended < 0) fail<InternalError>("[process] wait4 failed: {}", std::strerror(errno));
  id_ = -1;
  ProcessEnd end;
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  end.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  constexpr std::uint64_t kKilobyte = 1024;
  end.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * kKilobyte;
  return end;
}

void Process::stop() const {
  if (id_ >= 0) ::kill(id_, SIGTERM);
}

}  // namespace monet::experiments
