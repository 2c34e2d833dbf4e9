#pragma once

#include "monet/core/csr.h"
#include "monet/data/interactions.h"
#include "monet/sharded/partition.h"

#include <vector>

namespace monet::sharded {

/// Sends each pair to the process that has its user and makes own rows of what comes here. Repeated pairs are merged
/// and counted in `duplicates`. In rounds of at most `round_bytes` in and as many out, beside `pairs`, which it
/// empties, and those that come.
Csr gather_rows(dist::Communicator& world, std::vector<data::Pair>& pairs, const Ranges& users, Index num_items,
                Index& duplicates, Index round_bytes = Index{32} << 20);

/// The pairs of rows that begin with user `first`.
std::vector<data::Pair> pairs_of(const Csr& rows, Index first);

}  // namespace monet::sharded
