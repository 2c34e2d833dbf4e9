#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monet::experiments {

/// How a process ended and what it took.
struct ProcessEnd {
  int exit_code = -1;  // -1 when a signal ended it
  int signal = 0;
  double seconds = 0.0;          // wall time
  double cpu_seconds = 0.0;      // of all its threads
  std::uint64_t peak_bytes = 0;  // resident, at its highest; the kernel counts what we held when we started it, too
};

/// A program started by posix_spawn (fork is not safe in a program with threads), in a process group of its own, so
/// that Ctrl-C on the terminal reaches it only through us. One that still runs when the object goes is killed.
class Process {
 public:
  /// `arguments` without the program's name. Standard output and error go to files, which are replaced; standard input
  /// is empty. The descriptors in `inherited` stay open in it. Throws IoError when the program cannot be started.
  Process(const std::filesystem::path& program, std::vector<std::string> arguments, const std::filesystem::path& out,
          const std::filesystem::path& err, std::span<const int> inherited = {});
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  /// Nothing while it runs.
  std::optional<ProcessEnd> poll();
  /// Asks it to end in good order (SIGTERM).
  void stop() const;

 private:
  pid_t id_ = -1;  // -1 once it has been waited for
  std::chrono::steady_clock::time_point started_;
};

}  // namespace monet::experiments
