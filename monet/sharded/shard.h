#pragma once

#include "monet/core/csr.h"
#include "monet/data/dataset.h"
#include "monet/sharded/partition.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace monet::sharded {

/// What one process holds of a dataset: the interactions of its own users, the features of its own items. Of the others
/// it knows how many interactions they have, and nothing else.
struct Shard {
  std::string name;  // of the dataset, as data::Dataset has them
  std::string path;
  std::string format;
  std::string hash;  // of the whole dataset: the one that data::load gives it
  std::map<std::string, std::string> load_options;

  Partition partition;
  std::vector<std::int32_t> user_degrees;  // [U]: training interactions of every user, in every process
  std::vector<std::int32_t> item_degrees;  // [I]: of every item

  // Own users in rows, all items in columns.
  Csr train, validation, test;
  // Own items in rows.
  std::vector<data::Modality> modalities;
  // Of own users and own items.
  std::vector<std::string> user_ids;
  std::vector<std::string> item_ids;
  data::ItemMetadata items;
  data::Notes notes;  // of the whole, in process 0; none elsewhere

  // Of all processes.
  Index num_train = 0;
  Index num_validation = 0;
  Index num_test = 0;

  Index num_users() const { return static_cast<Index>(user_degrees.size()); }
  Index num_items() const { return static_cast<Index>(item_degrees.size()); }
};

}  // namespace monet::sharded
