#pragma once

#include "monet/dist/communicator.h"
#include "monet/sharded/shard.h"

#include <string>

namespace monet::sharded {

/// data::content_hash of the dataset that the processes' shards are together: each adds its parts in turn.
std::string hash_of(dist::Communicator& world, const Shard& shard);

}  // namespace monet::sharded
