#pragma once

#include <atomic>

namespace monet::cli {

/// SIGINT and SIGTERM end the program with exit code 130 at once, and SIGPIPE is left to the writers (output.h). A
/// signal that the caller has us ignore (nohup, a shell's background job) stays ignored.
void install_signal_handlers();

/// From here on the first SIGINT or SIGTERM sets the flag that is returned, which the caller polls to end in good
/// order; a second one ends the program at once.
const std::atomic<bool>& poll_interrupts();

/// From here on SIGHUP does not end the program but sets the flag that is returned, which the caller takes back.
std::atomic<bool>& poll_hangups();

}  // namespace monet::cli
