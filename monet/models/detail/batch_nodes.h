#pragma once

#include "monet/models/model.h"

#include <cstdint>
#include <vector>

namespace monet::models::detail {

/// The nodes of a batch (users first, then items, as in one table of all nodes), each once but for padding with the
/// last, and where each of its triples finds its own.
struct BatchNodes {
  BatchNodes(const Batch& batch, Index num_users, Index num_items);

  std::vector<std::int32_t> nodes;                        // ascending
  std::vector<std::int32_t> items;                        // those of them that are items, as items; padded by itself
  Index first_item = 0;                                   // the first item's position in `nodes`
  std::vector<std::int32_t> users, positives, negatives;  // positions in `nodes`

  Batch positions() const { return {users, positives, negatives}; }
};

}  // namespace monet::models::detail
