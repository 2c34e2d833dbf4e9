#include "monet/sharded/pairs_part.h"

#include "monet/dist/collectives.h"

#include <algorithm>
#include <cstdint>

namespace monet::sharded {

namespace {

struct SentPair {
  std::int32_t user;
  std::int32_t item;
};

}  // namespace

Csr gather_rows(dist::Communicator& world, std::vector<data::Pair>& pairs, const Ranges& users, Index num_items,
                Index& duplicates, Index round_bytes) {
  const auto size = static_cast<std::size_t>(world.size());
  const dist::Share own = users.of(world.rank());
  // All may have pairs of one process.
  const auto at_once = static_cast<std::size_t>(
      std::max(round_bytes / static_cast<Index>(sizeof(SentPair)) / static_cast<Index>(world.size()), Index{1}));
  std::vector<std::vector<Index>> counts(size, std::vector<Index>(1, 0));
  for (const data::Pair& pair : pairs) ++counts[static_cast<std::size_t>(users.owner(pair.first))].front();
  Index total = 0;
  for (const std::vector<Index>& from : dist::all_to_all(world, counts)) total += from.front();
  std::vector<data::Pair> coming;
  coming.reserve(static_cast<std::size_t>(total));
  while (dist::all_reduced(world, static_cast<Index>(pairs.size()), dist::Reduction::largest) > 0) {
    std::vector<std::vector<SentPair>> send(size);
    for (std::size_t n = std::min(at_once, pairs.size()); n > 0; --n) {
      const auto [user, item] = pairs.back();
      pairs.pop_back();
      send[static_cast<std::size_t>(users.owner(user))].push_back({user, item});
    }
    for (const std::vector<SentPair>& part : dist::all_to_all(world, send)) {
      for (const SentPair& pair : part)
        coming.emplace_back(pair.user - static_cast<std::int32_t>(own.begin), pair.item);
    }
  }
  pairs = {};
  return Csr::from_pairs(own.end - own.begin, num_items, coming, &duplicates);
}

std::vector<data::Pair> pairs_of(const Csr& rows, Index first) {
  std::vector<data::Pair> pairs;
  pairs.reserve(static_cast<std::size_t>(rows.nnz()));
  for (Index r = 0; r < rows.rows(); ++r) {
    for (const std::int32_t item : rows.row(r)) pairs.emplace_back(static_cast<std::int32_t>(first + r), item);
  }
  return pairs;
}

}  // namespace monet::sharded
