#include "monet/sharded/load.h"

#include "monet/sharded/load_parts.h"
#include "monet/sharded/load_whole.h"

namespace monet::sharded {

Shard load(dist::Communicator& world, const std::filesystem::path& path, const data::LoadOptions& options) {
  std::optional<Shard> shard = load_parts(world, path, options);
  return shard ? std::move(*shard) : load_whole(world, path, options);
}

}  // namespace monet::sharded
