#include "tests/cli/program.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace monet::test {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(1);

std::string content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

[[noreturn]] void fail_system(const char* what) {
  throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

int open_for_writing(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) fail_system(path.c_str());
  return file;
}

// In the child, between fork and exec: only calls that are safe there.
void prepare_child(const Launch& launch, int out, int err) {
  if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0) _exit(126);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) _exit(126);
  if (launch.file_size_limit > 0) {
    const rlimit limit{launch.file_size_limit, launch.file_size_limit};
    // Ignored, so that write fails (EFBIG) as on a full disk instead of a signal ending the program.
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) _exit(126);
  }
  for (const int stream : launch.closed) close(stream);
  if (std::signal(SIGINT, launch.interrupt_ignored ? SIG_IGN : SIG_DFL) == SIG_ERR) _exit(126);
}

}  // namespace

bool has_terminals() {
  int master = -1;
  int slave = -1;
  if (openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) {
    if (errno == ENODEV || errno == ENOENT) return false;
    fail_system("openpty");
  }
  close(master);
  close(slave);
  return true;
}

Program::Program(const std::vector<std::string>& arguments, const Launch& launch) {
  const int out = open_for_writing(launch.stdout_to.empty() ? captured_ / "out" : launch.stdout_to);
  int err = -1;
  if (launch.terminal) {
    const winsize size{40, 120, 0, 0};
    if (openpty(&terminal_, &err, nullptr, nullptr, &size) != 0) fail_system("openpty");
    if (fcntl(terminal_, F_SETFL, O_NONBLOCK) != 0) fail_system("fcntl");
  } else {
    err = open_for_writing(launch.stderr_to.empty() ? captured_ / "err" : launch.stderr_to);
  }
  const std::string program = launch.program.empty() ? MONET_PROGRAM : launch.program.string();
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  process_ = fork();
  if (process_ < 0) fail_system("fork");
  if (process_ == 0) {
    prepare_child(launch, out, err);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  close(out);
  close(err);
}

Program::~Program() {
  if (!ended_ && process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (terminal_ >= 0) close(terminal_);
}

void Program::send(int signal) const {
  if (kill(process_, signal) != 0) fail_system("kill");
}

void Program::drain_terminal() {
  if (terminal_ < 0) return;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t got = read(terminal_, piece.data(), piece.size());
    if (got <= 0) return;
    terminal_output_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

bool Program::running() {
  if (ended_) return false;
  drain_terminal();
  const pid_t done = waitpid(process_, &status_, WNOHANG);
  if (done < 0) fail_system("waitpid");
  ended_ = done == process_;
  return !ended_;
}

bool Program::wait_for(const std::filesystem::path& path) {
  while (!std::filesystem::exists(path)) {
    if (!running()) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

bool Program::spin_until(const std::filesystem::path& path) {
  while (!std::filesystem::exists(path)) {
    if (!running()) return false;
  }
  return true;
}

Outcome Program::wait(std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (running()) {
    if (std::chrono::steady_clock::now() > deadline) {
      send(SIGKILL);
      waitpid(process_, &status_, 0);
      ended_ = true;
      const std::string err = content(captured_ / "err");
      throw std::runtime_error("monet did not end in time; stderr ends: " +
                               err.substr(err.size() - std::min<std::size_t>(err.size(), 500)));
    }
    std::this_thread::sleep_for(kPoll);
  }
  drain_terminal();
  Outcome outcome;
  if (WIFEXITED(status_)) outcome.exit_code = WEXITSTATUS(status_);
  if (WIFSIGNALED(status_)) outcome.signal = WTERMSIG(status_);
  outcome.out = content(captured_ / "out");
  outcome.err = terminal_ >= 0 ? terminal_output_ : content(captured_ / "err");
  return outcome;
}

Outcome run(const std::vector<std::string>& arguments, const Launch& launch) {
  return Program(arguments, launch).wait();
}

}  // namespace monet::test
