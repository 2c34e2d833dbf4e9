#pragma once

#include "monet/dist/communicator.h"

#include <functional>
#include <vector>

namespace monet::test {

/// Calls `body` in `size` threads of this process, each with a communicator of its own that reaches the others, and
/// returns when all are done. Where one throws, the others' next wait throws DistributedError, and the first's
/// exception is rethrown here.
///
/// With the processes that mpirun has started (mpi_processes.cpp) this process calls `body` once; `size` is theirs.
void run_processes(int size, const std::function<void(dist::Communicator& world)>& body);

/// The sizes that a suite is run with.
std::vector<int> process_counts();

}  // namespace monet::test
