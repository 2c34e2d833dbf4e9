#pragma once

#include "monet/dist/collectives.h"

#include <span>

namespace monet::sharded {

/// Calls `work`, which changes `state` and nobody waits in, in one process after the other, each with what the one
/// before left; in the end all have what the last left. For what must be added up in one order. `state` is small: each
/// turn sends it to all.
template <class T, class Work>
void in_turn(dist::Communicator& world, std::span<T> state, const Work& work) {
  for (int process = 0; process < world.size(); ++process) {
    if (process == world.rank()) work();
    dist::broadcast(world, state, process);
  }
}

}  // namespace monet::sharded
