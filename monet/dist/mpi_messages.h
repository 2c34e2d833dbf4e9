#pragma once

#include "monet/dist/communicator.h"
#include "monet/dist/mpi_call.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>

namespace monet::dist {

/// Exchanges on a communicator of MPI, of whose library one thread at a time uses `calls`. Messages go in parts of at
/// most `part_bytes`, which all processes must agree on. Each exchange has a tag of its own, so several may be under
/// way.
class Messages {
 public:
  Messages(MPI_Comm communicator, std::mutex& calls, std::size_t part_bytes)
      : communicator_(communicator), calls_(calls), part_bytes_(part_bytes) {}

  /// As Communicator::exchange.
  std::unique_ptr<Transfer> begin(int rank, int size, std::span<const std::span<const std::byte>> send,
                                  std::span<const std::span<std::byte>> receive);

  /// Whether transfers are under way and nobody waits for one: then somebody else has to call MPI now and then, or
  /// nothing moves.
  bool needs_progress() const { return under_way_.load() > 0 && waiting_.load() == 0; }

 private:
  class Parts;

  MPI_Comm communicator_;
  std::mutex& calls_;
  std::size_t part_bytes_;
  unsigned sequence_ = 0;
  std::atomic<int> under_way_{0};
  std::atomic<int> waiting_{0};
  // Every 2^vain_-th wait stays awake before it sleeps.
  unsigned waits_ = 0;
  unsigned vain_ = 0;
};

}  // namespace monet::dist
