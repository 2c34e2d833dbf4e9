#include "monet/dist/mpi_communicator.h"

#include "monet/dist/collectives.h"
#include "monet/dist/error.h"
#include "monet/dist/mpi_launcher.h"
#include "monet/dist/mpi_report.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <utility>

namespace monet::dist {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Pulse::Seconds kMostSilent{10.0};
constexpr Pulse::Seconds kMostSilentAtTheEnd{5.0};
/// What the launcher gets to notice a lost host by itself (packaging/monet-mpirun: within 16 s) before it is told to
/// end the job: mpirun finds no connection dead that it has just sent something on.
constexpr auto kLauncherNotices = 8s;
constexpr auto kAnotherSpeaks = 2s;
/// What whoever knows better what is wrong gets to say so, and MPI_Abort to end this process.
constexpr auto kGrace = 5s;
constexpr auto kFinalizing = 15s;
/// How often the attendant calls MPI: with something under way, and without.
constexpr auto kBusy = 500us;
constexpr auto kIdle = 20ms;
constexpr int kExitLost = 4;
constexpr unsigned long kTimerSlackNs = 5000;

/// Ends this process after a while, whatever its other threads wait for.
void end_after(Clock::duration time, int exit_code, const char* line) {
  std::thread([=] {
    std::this_thread::sleep_for(time);
    if (line != nullptr) report_line(line);
    ::_exit(exit_code);
  }).detach();
}

}  // namespace

MpiCommunicator::Library::Library() {
  int provided = MPI_THREAD_SINGLE;
  check_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_SERIALIZED) {
    fail<DistributedError>("this MPI library takes no calls from several threads (MPI_THREAD_SERIALIZED)");
  }
  check_mpi(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  for (MPI_Comm* mine : {&messages, &pulse}) {
    check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, mine), "MPI_Comm_dup");
    check_mpi(MPI_Comm_set_errhandler(*mine, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  }
}

MpiCommunicator::MpiCommunicator(GuardLink guard, std::size_t part_bytes)
    : guard_(guard), messages_(library_.messages, calls_, part_bytes) {
  mark_connected();
  // Waits sleep for tens of microseconds (mpi_messages.cpp); the kernel's default would add fifty.
  if (::prctl(PR_SET_TIMERSLACK, kTimerSlackNs) != 0) fail<DistributedError>("prctl: {}", std::strerror(errno));
  check_mpi(MPI_Comm_rank(library_.messages, &rank_), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(library_.messages, &size_), "MPI_Comm_size");
  pulse_ = std::make_unique<Pulse>(library_.pulse, rank_, size_);
  hosts_.assign(static_cast<std::size_t>(size_), "?");
  attendant_ = std::thread([this] { attend(); });
  gather_hosts();
}

MpiCommunicator::~MpiCommunicator() {
  {
    std::unique_lock lock(state_);
    {
      const std::lock_guard call(calls_);
      pulse_->leave();
    }
    changed_.notify_all();
    changed_.wait(lock, [this] { return done_; });
  }
  attendant_.join();
  guard_.finish();
  end_after(kFinalizing, kExitLost, "MPI does not end; the job's work is done");
  if (MPI_Comm_free(&library_.messages) != MPI_SUCCESS || MPI_Comm_free(&library_.pulse) != MPI_SUCCESS ||
      MPI_Finalize() != MPI_SUCCESS) {
    report_line("MPI did not end in good order; the job's work is done");
  }
}

int MpiCommunicator::processes_here() const {
  return static_cast<int>(std::count(hosts_.begin(), hosts_.end(), hosts_[static_cast<std::size_t>(rank_)]));
}

std::unique_ptr<Transfer> MpiCommunicator::exchange(std::span<const std::span<const std::byte>> send,
                                                    std::span<const std::span<std::byte>> receive) {
  return messages_.begin(rank_, size_, send, receive);
}

void MpiCommunicator::abort(int exit_code) {
  std::fflush(nullptr);
  end_job(exit_code);
}

/// Also where MPI does not answer, or its launcher does not.
void MpiCommunicator::end_job(int exit_code) {
  guard_.finish();
  end_after(kGrace, exit_code, nullptr);
  const std::lock_guard call(calls_);
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  ::_exit(exit_code);
}

void MpiCommunicator::gather_hosts() {
  const std::string name = host_name();
  const std::vector<std::vector<char>> send(static_cast<std::size_t>(size_),
                                            std::vector<char>(name.begin(), name.end()));
  std::vector<std::string> hosts;
  for (const std::vector<char>& received : all_to_all(*this, send))
    hosts.emplace_back(received.begin(), received.end());
  const std::lock_guard lock(state_);
  hosts_ = std::move(hosts);
}

void MpiCommunicator::attend() {
  try {
    auto last = Clock::now();
    for (;;) {
      {
        std::unique_lock lock(state_);
        changed_.wait_for(lock, messages_.needs_progress() ? Clock::duration(kBusy) : Clock::duration(kIdle));
      }
      const auto now = Clock::now();
      const bool left = beat(now - last);
      last = now;
      if (!left) continue;
      const std::lock_guard lock(state_);
      done_ = true;
      changed_.notify_all();
      return;
    }
  } catch (const std::exception& error) {
    std::this_thread::sleep_for(kGrace);  // whoever knows more ends the job
    report_line(error.what());
    end_job(kExitLost);
  }
}

void MpiCommunicator::report_lost(int process) {
  const std::lock_guard lock(state_);
  report_line(fmt::format("process {} on {} has not answered for {:.0f} s; the job ends", process,
                          hosts_[static_cast<std::size_t>(process)], kMostSilent.count()));
}

/// Until then, or until the launcher ends the job.
void MpiCommunicator::wait_for_stop(std::chrono::seconds most) {
  const auto until = Clock::now() + most;
  while (Clock::now() < until && !guard_.stop_asked()) std::this_thread::sleep_for(100ms);
}

/// Returns whether all are done.
bool MpiCommunicator::beat(Pulse::Seconds since) {
  // Asked to end, all leave in good order, or somebody has failed and said so.
  const bool ending = guard_.stop_asked();
  const Pulse::Seconds most_silent = ending ? kMostSilentAtTheEnd : kMostSilent;
  std::optional<int> lost;
  bool left = false;
  {
    const std::lock_guard call(calls_);
    lost = pulse_->beat(since, most_silent);
    left = pulse_->left();
  }
  if (!lost) return left;
  if (ending) end_job(kExitLost);
  if (rank_ == 0) {
    report_lost(*lost);
    wait_for_stop(kLauncherNotices);
  } else {
    // Perhaps it is this host that is cut off: what is said here would keep its launcher from noticing, too. If not,
    // all have found process 0 lost: process 1 says it, unless it is lost as well.
    wait_for_stop(kLauncherNotices + (rank_ == 1 ? 0s : kAnotherSpeaks));
    if (!guard_.stop_asked()) report_lost(*lost);
  }
  end_job(kExitLost);
}

}  // namespace monet::dist
