#pragma once

#include "monet/data/dataset.h"
#include "monet/sharded/partition.h"

#include <filesystem>
#include <string>
#include <vector>

namespace monet::sharded {

/// Titles and categories of own items, from an item table that every process reads and none keeps more of than its
/// part. `item_ids`: own ones; the dataset's items are row numbers. Notes are added, and errors thrown, as
/// data::read_item_metadata does, in every process alike.
data::ItemMetadata read_item_texts(dist::Communicator& world, const std::filesystem::path& table,
                                   const std::vector<std::string>& item_ids, const Ranges& items,
                                   std::vector<std::string>& notes);

}  // namespace monet::sharded
