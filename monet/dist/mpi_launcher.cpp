#include "monet/dist/mpi_launcher.h"

#include "monet/dist/error.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace monet::dist {

namespace {

constexpr const char* kConnected = "MONET_MPI_CONNECTED";
/// Open MPI; Open MPI 5 and srun --mpi=pmix; MPICH and srun --mpi=pmi2.
constexpr std::array<const char*, 3> kRankVariables{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};

/// What a launcher gets to pass on what was said before it, and to end this process itself.
constexpr auto kTold = std::chrono::milliseconds(200);
constexpr auto kEnded = std::chrono::seconds(1);

const char* rank_variable() {
  for (const char* name : kRankVariables) {
    if (const char* value = std::getenv(name); value != nullptr) return value;
  }
  return nullptr;
}

}  // namespace

bool is_launched() {
  return rank_variable() != nullptr && std::getenv(kConnected) == nullptr;
}

std::string launched_rank() {
  const char* rank = rank_variable();
  return rank != nullptr ? rank : "?";
}

void abort_by_launcher(int exit_code) {
  const char* descriptor = std::getenv("PMI_FD");
  if (descriptor == nullptr) return;
  std::this_thread::sleep_for(kTold);
  const std::string request = fmt::format("cmd=abort exitcode={}\n", exit_code);
  if (::write(std::atoi(descriptor), request.data(), request.size()) < 0) return;
  std::this_thread::sleep_for(kEnded);
}

void mark_connected() {
  if (::setenv(kConnected, "1", 1) != 0) fail<DistributedError>("setenv: {}", std::strerror(errno));
}

}  // namespace monet::dist
