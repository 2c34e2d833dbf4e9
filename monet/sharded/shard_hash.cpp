#include "monet/sharded/shard_hash.h"

#include "monet/core/files/hash.h"
#include "monet/sharded/in_turn.h"

#include <algorithm>

namespace monet::sharded {

std::string hash_of(dist::Communicator& world, const Shard& shard) {
  files::Hasher hasher;
  const auto add_in_turn = [&](const auto& add) { in_turn(world, std::span(&hasher, 1), add); };
  for (const Csr* part : {&shard.train, &shard.validation, &shard.test}) {
    hasher.add_number(shard.num_users());
    hasher.add_number(shard.num_items());
    const Index before = dist::sum_before(world, part->nnz());
    hasher.add_number(0);
    add_in_turn([&] {
      for (const Index offset : part->indptr().subspan(1)) hasher.add_number(before + offset);
    });
    add_in_turn([&] { hasher.add_values(part->indices()); });
  }
  for (const data::Modality& modality : shard.modalities) {
    hasher.add_text(modality.name);
    hasher.add_number(modality.features.cols());
    add_in_turn([&] {
      hasher.add_values(std::span(modality.features.data(), static_cast<std::size_t>(modality.features.size())));
    });
  }
  const auto add_names = [&](Index count, const std::vector<std::string>& own) {
    hasher.add_number(count);
    add_in_turn([&] {
      for (const std::string& name : own) hasher.add_text(name);
    });
  };
  add_names(shard.num_users(), shard.user_ids);
  add_names(shard.num_items(), shard.item_ids);
  return hasher.hex();
}

}  // namespace monet::sharded
