#pragma once

#include "monet/dist/communicator.h"
#include "monet/dist/mpi_guard.h"
#include "monet/dist/mpi_messages.h"
#include "monet/dist/mpi_pulse.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace monet::dist {

/// The processes of MPI_COMM_WORLD. A thread moves what is under way while this process computes, and ends the job
/// where another process is silent. There is one in a program.
class MpiCommunicator final : public Communicator {
 public:
  /// MPI's counts are ints.
  static constexpr std::size_t kMostPartBytes = std::size_t{1} << 30;

  /// Begins MPI, together with all others. Throws DistributedError.
  explicit MpiCommunicator(GuardLink guard, std::size_t part_bytes = kMostPartBytes);
  /// Waits until all others are done, too, and ends MPI.
  ~MpiCommunicator() override;

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int processes_here() const override;
  std::string library() const override { return mpi_library(); }
  std::unique_ptr<Transfer> exchange(std::span<const std::span<const std::byte>> send,
                                     std::span<const std::span<std::byte>> receive) override;
  [[noreturn]] void abort(int exit_code) override;

 private:
  struct Library {
    Library();
    MPI_Comm messages = MPI_COMM_NULL;
    MPI_Comm pulse = MPI_COMM_NULL;
  };

  void gather_hosts();
  void attend();
  bool beat(Pulse::Seconds since);
  void report_lost(int process);
  void wait_for_stop(std::chrono::seconds most);
  [[noreturn]] void end_job(int exit_code);

  GuardLink guard_;
  std::mutex calls_;
  Library library_;
  int rank_ = 0;
  int size_ = 1;
  Messages messages_;
  std::vector<std::string> hosts_;
  std::unique_ptr<Pulse> pulse_;
  std::mutex state_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread attendant_;
};

}  // namespace monet::dist
