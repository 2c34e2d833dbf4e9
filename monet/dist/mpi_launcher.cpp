#include "monet/dist/mpi_launcher.h"

#include "monet/dist/error.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace monet::dist {

namespace {

constexpr const char* kConnected = "MONET_MPI_CONNECTED";
/// Open MPI; Open MPI 5 and srun --mpi=pmix; MPICH and srun --mpi=pmi2.
constexpr std::array<const char*, 3> kRankVariables{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};

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

void mark_connected() {
  if (::setenv(kConnected, "1", 1) != 0) fail<DistributedError>("setenv: {}", std::strerror(errno));
}

}  // namespace monet::dist
