#pragma once

#include "monet/data/load.h"
#include "monet/dist/communicator.h"
#include "monet/sharded/shard.h"

#include <filesystem>

namespace monet::sharded {

/// A process's part of a dataset that all processes have in memory.
Shard shard_of(const data::Dataset& dataset, const Partition& partition, int process);

/// Reads a dataset so that no process holds more than its part. Where the folder has the layout that `prepare` writes,
/// each reads a range of bytes of the interactions and the rows of its items of each feature file, and what belongs to
/// another goes there; of other layouts every process reads the whole and keeps its part. Throws as data::load, in every
/// process alike.
Shard load(dist::Communicator& world, const std::filesystem::path& path, const data::LoadOptions& options);

}  // namespace monet::sharded
