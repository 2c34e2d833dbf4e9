#pragma once

#include "monet/data/load.h"
#include "monet/dist/communicator.h"
#include "monet/sharded/shard.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace monet::sharded {

/// Training interactions of every user and of every item.
struct Degrees {
  std::vector<std::int32_t> users;
  std::vector<std::int32_t> items;
};
Degrees degrees_of(const Csr& train);

/// A process's part of a dataset that all processes have in memory. Throws InvalidArgument for one with weights.
Shard shard_of(const data::Dataset& dataset, const Partition& partition, int process);

/// Reads a dataset so that no process holds more than its part. Where the folder has the layout that `prepare` writes,
/// each reads a range of bytes of the interactions and the rows of its items of each feature file, and what belongs to
/// another goes there; of other layouts every process reads the whole and keeps its part. Which process has what
/// depends on the dataset and the number of processes alone (`Ranges::balanced`). Recipes of features and notes are in
/// process 0. Throws as data::load, and as `shard_of`, in every process alike.
Shard load(dist::Communicator& world, const std::filesystem::path& path, const data::LoadOptions& options);

/// Throws InvalidArgument: interactions of the dataset at `path` have weights.
[[noreturn]] void refuse_weights(const std::string& path);

}  // namespace monet::sharded
