#pragma once

#include "tests/core/files/scoped_folder.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace monet::test {

/// How a run of the program ended and what it printed.
struct Outcome {
  int exit_code = -1;  // -1 when a signal ended it
  int signal = 0;
  std::string out;
  std::string err;
};

/// What to connect the program to.
struct Launch {
  std::filesystem::path stdout_to = {};  // empty: captured
  std::filesystem::path stderr_to = {};  // likewise
  std::filesystem::path program = {};    // empty: the built `monet`
  bool terminal = false;                 // stderr is a terminal (a pseudo-terminal whose output is captured)
  std::uint64_t file_size_limit = 0;     // bytes a written file may have; 0: no limit. Stands in for a full disk
  std::vector<int> closed = {};          // standard streams to start without, as after `2>&-`
  bool interrupt_ignored = false;        // start with SIGINT ignored, as `nohup` and shells' background jobs do
};

/// Whether a pseudo-terminal can be opened: not in a chroot without /dev/pts.
bool has_terminals();

/// The built `monet`, started as a user would start it. One that is still running when the object goes is killed.
class Program {
 public:
  explicit Program(const std::vector<std::string>& arguments, const Launch& launch = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  void send(int signal) const;
  bool running();
  /// Waits for the end. Past the limit the program is killed and std::runtime_error thrown.
  Outcome wait(std::chrono::seconds limit = std::chrono::seconds(120));
  /// Waits until `path` exists (true) or the program has ended (false).
  bool wait_for(const std::filesystem::path& path);
  /// The same without sleeping in between, for what is there only for milliseconds.
  bool spin_until(const std::filesystem::path& path);

 private:
  void drain_terminal();

  ScopedFolder captured_;  // with the files `out` and `err`
  pid_t process_ = -1;
  int terminal_ = -1;
  std::string terminal_output_;
  bool ended_ = false;
  int status_ = 0;
};

/// Starts the program and waits for it.
Outcome run(const std::vector<std::string>& arguments, const Launch& launch = {});

}  // namespace monet::test
