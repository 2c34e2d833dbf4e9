#pragma once

#include "monet/dist/communicator.h"

#include <functional>

namespace monet::sharded {

/// Calls `work`, in which nobody waits for another process, in every process. Where it throws in some, all throw what
/// it threw in the first of them, so that none goes on alone. Costs a message of a few bytes where it does not.
void together(dist::Communicator& world, const std::function<void()>& work);

/// Whether it is so in any process.
bool in_any(dist::Communicator& world, bool here);

}  // namespace monet::sharded
