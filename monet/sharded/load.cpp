#include "monet/sharded/load.h"

#include "monet/sharded/load_whole.h"

namespace monet::sharded {

Shard load(dist::Communicator& world, const std::filesystem::path& path, const data::LoadOptions& options) {
  return load_whole(world, path, options);
}

}  // namespace monet::sharded
