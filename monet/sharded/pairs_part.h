#pragma once

#include "monet/core/csr.h"
#include "monet/data/interactions.h"
#include "monet/sharded/partition.h"

#include <vector>

namespace monet::sharded {

/// Sends each pair to the process that has its user and makes own rows of what comes here. Repeated pairs are merged
/// and counted in `duplicates`. In rounds: beside `pairs`, which it empties, and those that come it takes some 64 MiB.
Csr gather_rows(dist::Communicator& world, std::vector<data::Pair>& pairs, const Ranges& users, Index num_items,
                Index& duplicates);

/// The pairs of rows that begin with user `first`.
std::vector<data::Pair> pairs_of(const Csr& rows, Index first);

}  // namespace monet::sharded
