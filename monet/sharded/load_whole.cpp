#include "monet/sharded/load_whole.h"

#include "monet/sharded/together.h"

namespace monet::sharded {

Shard load_whole(dist::Communicator& world, const std::filesystem::path& path, const data::LoadOptions& options) {
  data::Dataset dataset;
  together(world, [&] { dataset = data::load(path, options); });
  const Degrees degrees = degrees_of(dataset.train);
  const Partition partition{Ranges::balanced(degrees.users, world.size()),
                            Ranges::balanced(degrees.items, world.size())};
  Shard shard;
  together(world, [&] { shard = shard_of(dataset, partition, world.rank()); });
  return shard;
}

}  // namespace monet::sharded
