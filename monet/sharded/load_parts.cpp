#include "monet/sharded/load_parts.h"

#include "monet/core/error.h"
#include "monet/data/id_map.h"
#include "monet/data/load_record.h"
#include "monet/data/table_files.h"
#include "monet/dist/collectives.h"
#include "monet/sharded/feature_part.h"
#include "monet/sharded/interactions_part.h"
#include "monet/sharded/item_texts_part.h"
#include "monet/sharded/names_part.h"
#include "monet/sharded/pairs_part.h"
#include "monet/sharded/shard_hash.h"
#include "monet/sharded/together.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace monet::sharded {

namespace fs = std::filesystem;

namespace {

/// Where the interactions are, if they are MMRec's. Whoever reads the whole says what is wrong, if something is.
std::optional<fs::path> table_at(dist::Communicator& world, const fs::path& path, const data::LoadOptions& options) {
  std::optional<fs::path> table;
  try {
    table = data::find_mmrec(path, options);
  } catch (const Error&) {
  } catch (const fs::filesystem_error&) {
  }
  const Index there = dist::all_reduced(world, table ? Index{1} : Index{0}, dist::Reduction::least);
  return there > 0 ? table : std::nullopt;
}

/// What may lie beside interactions, but for features.
struct Beside {
  std::optional<fs::path> user_map;
  std::optional<fs::path> item_map;
  std::optional<fs::path> items;
};

Beside files_beside(const fs::path& folder) {
  Beside beside{data::user_map_in(folder), data::item_map_in(folder), std::nullopt};
  if (fs::exists(folder / "items.csv")) beside.items = folder / "items.csv";
  return beside;
}

/// Processes that see other files would wait for each other.
void require_same_files(dist::Communicator& world, const fs::path& folder,
                        const std::vector<data::FeatureFile>& features, const Beside& beside) {
  std::string seen;
  for (const data::FeatureFile& file : features) seen += fmt::format("{}\n{}\n", file.name, file.rows);
  for (const auto* path : {&beside.user_map, &beside.item_map, &beside.items}) {
    seen += fmt::format("{}\n", *path ? (*path)->filename().string() : std::string());
  }
  std::string first = seen;
  dist::broadcast(world, first);
  together(world, [&] {
    if (seen == first) return;
    fail<IoError>("{}: process {} sees other files here than process 0; give every host the same folder",
                  folder.string(), world.rank());
  });
}

std::array<Csr*, 3> parts_of(Shard& shard) {
  return {&shard.train, &shard.validation, &shard.test};
}

/// Training interactions by user and by item, of all processes.
Degrees summed(dist::Communicator& world, Degrees degrees) {
  dist::all_reduce(world, std::span(degrees.users));
  dist::all_reduce(world, std::span(degrees.items));
  return degrees;
}

Partition partition_of(const Degrees& degrees, int processes) {
  return {Ranges::balanced(degrees.users, processes), Ranges::balanced(degrees.items, processes)};
}

/// Moves interactions to the processes that have their users. Who has which follows from the degrees, which are known
/// only when repeated pairs are merged, and those meet where their user is: with such pairs it takes a second move.
void place_interactions(dist::Communicator& world, data::Interactions interactions, const data::Sizes& sizes,
                        Shard& shard) {
  const auto empty = [&] {
    return Degrees{std::vector<std::int32_t>(static_cast<std::size_t>(sizes.users)),
                   std::vector<std::int32_t>(static_cast<std::size_t>(sizes.items))};
  };
  Degrees degrees = empty();
  for (const auto& [user, item] : interactions.of(data::Part::train)) {
    ++degrees.users[static_cast<std::size_t>(user)];
    ++degrees.items[static_cast<std::size_t>(item)];
  }
  degrees = summed(world, std::move(degrees));
  shard.partition = partition_of(degrees, world.size());
  Index repeated = 0;
  for (std::size_t part = 0; part < interactions.parts.size(); ++part) {
    Index duplicates = 0;
    *parts_of(shard)[part] =
        gather_rows(world, interactions.parts[part], shard.partition.users, sizes.items, duplicates);
    repeated += duplicates;
  }
  shard.notes.duplicate_interactions = dist::all_reduced(world, repeated);
  if (shard.notes.duplicate_interactions > 0) {
    degrees = empty();
    const Index first = shard.partition.users.of(world.rank()).begin;
    for (Index u = 0; u < shard.train.rows(); ++u) {
      degrees.users[static_cast<std::size_t>(first + u)] = static_cast<std::int32_t>(shard.train.degree(u));
    }
    for (const std::int32_t item : shard.train.indices()) ++degrees.items[static_cast<std::size_t>(item)];
    degrees = summed(world, std::move(degrees));
    shard.partition = partition_of(degrees, world.size());
    for (Csr* part : parts_of(shard)) {
      std::vector<data::Pair> pairs = pairs_of(*part, first);
      *part = gather_rows(world, pairs, shard.partition.users, sizes.items, repeated);
    }
  }
  shard.user_degrees = std::move(degrees.users);
  shard.item_degrees = std::move(degrees.items);
  shard.num_train = dist::all_reduced(world, shard.train.nnz());
  shard.num_validation = dist::all_reduced(world, shard.validation.nnz());
  shard.num_test = dist::all_reduced(world, shard.test.nnz());
}

void read_features(dist::Communicator& world, const std::vector<data::FeatureFile>& files, data::MissingRows policy,
                   Shard& shard) {
  for (const data::FeatureFile& file : files) {
    data::Modality& modality =
        shard.modalities.emplace_back(read_feature_rows(world, file, shard.partition.items, policy));
    std::string note;
    together(world, [&] {
      if (world.is_first()) modality.recipe = data::read_recipe(file.path, note);
    });
    if (!note.empty()) shard.notes.lines.push_back(note);
    data::note_missing_rows(modality, shard.num_items(), policy, shard.notes);
  }
}

/// Users without training interactions, and items without any.
void count_strangers_of(dist::Communicator& world, Shard& shard) {
  Index only_held_out = 0;
  for (Index u = 0; u < shard.train.rows(); ++u) {
    if (shard.train.degree(u) == 0 && shard.validation.degree(u) + shard.test.degree(u) > 0) ++only_held_out;
  }
  std::vector<std::int32_t> touched(shard.item_degrees.size());
  for (const Csr* part : parts_of(shard)) {
    for (const std::int32_t item : part->indices()) touched[static_cast<std::size_t>(item)] = 1;
  }
  dist::all_reduce(world, std::span(touched), dist::Reduction::largest);
  const auto cold = std::count(touched.begin(), touched.end(), 0);
  data::note_strangers(dist::all_reduced(world, only_held_out), cold, !shard.modalities.empty(), shard.notes);
}

}  // namespace

std::optional<Shard> load_parts(dist::Communicator& world, const fs::path& path, const data::LoadOptions& options) {
  const std::optional<fs::path> table = table_at(world, path, options);
  if (!table) return std::nullopt;
  std::optional<InteractionsPart> part = read_interactions(world, *table, options);
  if (!part) return std::nullopt;
  if (part->weights_differ) refuse_weights(path.string());
  fs::path folder = fs::is_directory(path) ? path : path.parent_path();
  if (folder.empty()) folder = ".";
  Shard shard;
  shard.path = path.string();
  shard.format = "mmrec";
  shard.load_options = data::to_record(options);
  shard.notes.crlf = part->own.crlf;
  shard.notes.byte_order_mark = part->own.byte_order_mark;
  data::Sizes sizes;
  Beside beside;
  together(world, [&] {
    shard.name = data::name_of(path);
    sizes = data::sizes_of(part->extent, folder, options);
    beside = files_beside(folder);
  });
  require_same_files(world, folder, sizes.features, beside);
  place_interactions(world, std::move(part->own), sizes, shard);
  data::note_reading(shard.notes);
  read_features(world, sizes.features, options.missing_rows, shard);
  auto user_ids = read_names(world, beside.user_map, "user", shard.partition.users, shard.notes);
  if (!user_ids) return std::nullopt;
  auto item_ids = read_names(world, beside.item_map, "item", shard.partition.items, shard.notes);
  if (!item_ids) return std::nullopt;
  shard.user_ids = std::move(*user_ids);
  shard.item_ids = std::move(*item_ids);
  count_strangers_of(world, shard);
  if (beside.items) {
    shard.items = read_item_texts(world, *beside.items, shard.item_ids, shard.partition.items, shard.notes.lines);
  }
  shard.hash = hash_of(world, shard);
  if (!world.is_first()) shard.notes = {};
  return shard;
}

}  // namespace monet::sharded
