#pragma once

#include "monet/sharded/load.h"

namespace monet::sharded {

/// `load` where every process reads the whole and keeps its part.
Shard load_whole(dist::Communicator& world, const std::filesystem::path& path, const data::LoadOptions& options);

}  // namespace monet::sharded
