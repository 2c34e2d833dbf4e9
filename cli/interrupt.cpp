#include "cli/interrupt.h"

#include "cli/exit_code.h"

#include <signal.h>
#include <unistd.h>

namespace monet::cli {

namespace {

std::atomic<bool> stop_asked{false};
std::atomic<bool> polled{false};
std::atomic<bool> hung_up{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch lock-free atomics only");

extern "C" void on_signal(int) {
  if (stop_asked.exchange(true) || !polled.load()) ::_exit(kInterrupted);
}

extern "C" void on_hangup(int) {
  hung_up.store(true);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction inherited {};
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM}) {
    ::sigaction(number, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);
  }
  ::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<bool>& poll_interrupts() {
  polled.store(true);
  return stop_asked;
}

std::atomic<bool>& poll_hangups() {
  struct sigaction action {};
  action.sa_handler = on_hangup;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGHUP, &action, nullptr);
  return hung_up;
}

}  // namespace monet::cli
