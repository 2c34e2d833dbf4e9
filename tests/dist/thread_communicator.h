#pragma once

#include "monet/dist/communicator.h"

#include <functional>

namespace monet::test {

/// Calls `body` in `size` threads of this process, each with a communicator of its own that reaches the others, and
/// returns when all are done. Where one throws, the others' next wait throws DistributedError, and the first's
/// exception is rethrown here.
void run_processes(int size, const std::function<void(dist::Communicator& world)>& body);

}  // namespace monet::test
