// A process of a job that fails in the way it is told to: mortal HOW PROCESS [MARK]. Without failure all exchange
// numbers for half a minute. MARK only makes its processes findable.
#include "monet/core/error.h"
#include "monet/dist/collectives.h"
#include "monet/dist/connect.h"
#include "cli/interrupt.h"
#include "cli/quiet.h"
#include "cli/together.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;
using monet::fail;

void fail_as_told(const std::string& how) {
  if (how == "worker") ::raise(SIGKILL);
  if (how == "crash") std::abort();
  if (how == "guard") ::kill(::getppid(), SIGKILL);
  if (how == "stopped") ::raise(SIGSTOP);
  if (how == "exit") ::_exit(EXIT_SUCCESS);
  if (how == "throw") fail<monet::DataError>("this process's part of the data is broken");
  if (how == "busy") std::this_thread::sleep_for(15s);
}

void work(monet::dist::Communicator& world, const std::string& how, int process) {
  const std::atomic<bool>& stop = monet::cli::poll_interrupts();
  const auto until = std::chrono::steady_clock::now() + (how == "busy" ? 18s : how == "none" ? 1s : 60s);
  for (int round = 0; std::chrono::steady_clock::now() < until; ++round) {
    if (round == 5 && how == "all_throw") fail<monet::DataError>("the data is broken");
    if (round == 5 && world.rank() == process) fail_as_told(how);
    if (monet::dist::all_reduced(world, static_cast<std::int32_t>(stop.load()), monet::dist::Reduction::largest) > 0) {
      std::this_thread::sleep_for(3s);  // a checkpoint
      monet::dist::barrier(world);
      fail<monet::Interrupted>("interrupted; there is a checkpoint");
    }
    if (round == 5 && world.is_first()) fmt::print("working\n");
    std::fflush(stdout);
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto world = monet::dist::connect(argc, argv);
  monet::cli::install_signal_handlers();
  try {
    if (!world->is_first()) monet::cli::be_quiet();
    work(*world, argc > 1 ? argv[1] : "none", argc > 2 ? std::atoi(argv[2]) : -1);
    return EXIT_SUCCESS;
  } catch (...) {
    return monet::cli::report_together(*world, "mortal");
  }
}
