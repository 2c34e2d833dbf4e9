#pragma once

#include "monet/dist/communicator.h"

namespace monet::test {

/// The processes that mpirun has started, this one among them: what run_processes and process_counts are about in a
/// program that links mpi_processes.cpp.
dist::Communicator& mpi_world();

}  // namespace monet::test
