#include "monet/data/assemble.h"

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/data/id_map.h"
#include "monet/data/item_metadata.h"
#include "monet/data/load.h"
#include "monet/data/text.h"
#include "monet/input/file_lines.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace monet::data {

namespace fs = std::filesystem;

namespace {
/// External names of rows 0..count-1: from the map, else the number itself.
std::vector<std::string> names_of_rows(Index count, const std::optional<IdMap>& map, const char* what, Notes& notes) {
  std::vector<std::string> names(static_cast<std::size_t>(count));
  std::unordered_set<std::string_view> taken;
  if (map) {
    for (const auto& name : map->names) taken.insert(name);
    Index beyond = 0;
    for (std::size_t row = 0; row < map->names.size(); ++row) {
      if (row < names.size()) {
        names[row] = map->names[row];
      } else if (!map->names[row].empty()) {
        ++beyond;
      }
    }
    note_names(map->file, what, beyond, 0, notes);
  }
  Index unnamed = 0;
  for (std::size_t row = 0; row < names.size(); ++row) {
    if (!names[row].empty()) continue;
    ++unnamed;
    names[row] = std::to_string(row);
    while (taken.count(names[row]) > 0) names[row] = fmt::format("#{}", names[row]);
  }
  if (map) note_names(map->file, what, 0, unnamed, notes);
  return names;
}

/// The weights of `train`'s entries; of a pair that is there several times the largest.
std::vector<float> weights_of(const Csr& train, const std::vector<Pair>& pairs, const std::vector<float>& weights) {
  if (weights.empty()) return {};
  if (weights.size() != pairs.size()) {
    fail<InternalError>("[data] {} weights for {} training interactions", weights.size(), pairs.size());
  }
  std::vector<float> out(train.indices().size(), 0.0F);
  for (std::size_t e = 0; e < pairs.size(); ++e) {
    const auto row = train.row(pairs[e].first);
    const auto found = std::lower_bound(row.begin(), row.end(), pairs[e].second);
    float& weight =
        out[static_cast<std::size_t>(train.indptr()[static_cast<std::size_t>(pairs[e].first)] + (found - row.begin()))];
    weight = std::max(weight, weights[e]);
  }
  const bool all_alike = std::all_of(out.begin(), out.end(), [&](float w) { return w == out.front(); });
  return all_alike ? std::vector<float>{} : out;
}

void count_strangers(Dataset& dataset) {
  Index only_held_out = 0;
  for (Index u = 0; u < dataset.num_users(); ++u) {
    if (dataset.train.degree(u) == 0 && dataset.validation.degree(u) + dataset.test.degree(u) > 0) ++only_held_out;
  }
  std::vector<bool> touched(static_cast<std::size_t>(dataset.num_items()));
  for (const Csr* part : {&dataset.train, &dataset.validation, &dataset.test}) {
    for (const std::int32_t item : part->indices()) touched[static_cast<std::size_t>(item)] = true;
  }
  const auto cold = std::count(touched.begin(), touched.end(), false);
  note_strangers(only_held_out, cold, !dataset.modalities.empty(), dataset.notes);
}
}  // namespace

Sizes sizes_of(const Extent& extent, const fs::path& folder, const LoadOptions& options) {
  if (extent.train == 0) {
    fail<DataError>("{}: no training interactions; there is nothing to learn from", extent.training_file);
  }
  if (!extent.users_named) require_plausible(extent.user, "user", extent.interactions);
  Sizes sizes{Index{extent.user.id} + 1, Index{extent.item.id} + 1, {}};
  if (!folder.empty()) sizes.features = find_features(folder, options.modalities);
  for (const auto& file : sizes.features) {
    if (file.rows < sizes.items && extent.item.id >= file.rows) {
      fail<DataError>("{}: {} feature rows, but {} items are named ({} names item {}); every item needs a row",
                      file.path.string(), file.rows, sizes.items, extent.item.where, extent.item.id);
    }
  }
  if (!extent.items_named && sizes.features.empty()) require_plausible(extent.item, "item", extent.interactions);
  for (const auto& file : sizes.features) sizes.items = std::max(sizes.items, file.rows);
  return sizes;
}

void note_reading(Notes& notes) {
  if (notes.duplicate_interactions > 0) {
    notes.lines.push_back(fmt::format("{} duplicated interactions merged", notes.duplicate_interactions));
  }
  if (notes.crlf) notes.lines.emplace_back("line ends are CRLF");
  if (notes.byte_order_mark) notes.lines.emplace_back("the text begins with a byte order mark");
}

void note_missing_rows(const Modality& modality, Index num_items, MissingRows policy, Notes& notes) {
  if (modality.missing_rows == 0) return;
  notes.lines.push_back(fmt::format("{}: {} of {} rows are missing and filled with {}", modality.name,
                                    modality.missing_rows, num_items,
                                    policy == MissingRows::mean ? "the mean" : "zeros"));
}

void note_names(const std::string& file, const char* what, Index beyond, Index unnamed, Notes& notes) {
  if (beyond > 0)
    notes.lines.push_back(fmt::format("{}: {} {}s that nothing else names are left out", file, beyond, what));
  if (unnamed > 0) {
    notes.lines.push_back(fmt::format("{}: {} {}s have no name there and keep their number", file, unnamed, what));
  }
}

void note_strangers(Index only_held_out, Index cold, bool has_features, Notes& notes) {
  if (only_held_out > 0) {
    notes.lines.push_back(
        fmt::format("{} users occur only in validation or test; they get the popularity fallback", only_held_out));
  }
  if (cold > 0 && has_features) {
    notes.lines.push_back(fmt::format("{} items have features and no interaction (cold items)", cold));
  }
}

Dataset assemble(Interactions interactions, const fs::path& folder, const LoadOptions& options) {
  const bool users_named = !interactions.user_names.empty();
  const bool items_named = !interactions.item_names.empty();
  const Sizes sizes =
      sizes_of({interactions.user, interactions.item, static_cast<Index>(interactions.of(Part::train).size()),
                interactions.size(), interactions.training_file, users_named, items_named},
               folder, options);
  const Index num_users = sizes.users;
  const Index num_items = sizes.items;

  Dataset dataset;
  Notes& notes = dataset.notes;
  notes.crlf = interactions.crlf;
  notes.byte_order_mark = interactions.byte_order_mark;
  notes.duplicate_interactions = interactions.duplicates;
  notes.lines = std::move(interactions.notes);
  for (const Part part : {Part::train, Part::validation, Part::test}) {
    Csr& target = part == Part::train ? dataset.train : part == Part::validation ? dataset.validation : dataset.test;
    Index repeated = 0;
    target = Csr::from_pairs(num_users, num_items, interactions.of(part), &repeated);
    notes.duplicate_interactions += repeated;
    if (part == Part::train) dataset.weights = weights_of(target, interactions.of(part), interactions.weights);
    interactions.of(part) = {};
  }
  note_reading(notes);

  for (const auto& file : sizes.features) {
    dataset.modalities.push_back(read_modality(file, num_items, options.missing_rows));
    Modality& modality = dataset.modalities.back();
    std::string note;
    modality.recipe = read_recipe(file.path, note);
    if (!note.empty()) notes.lines.push_back(note);
    note_missing_rows(modality, num_items, options.missing_rows, notes);
  }
  const auto user_map = users_named || folder.empty() ? std::optional<IdMap>{} : find_user_map(folder);
  const auto item_map = items_named || folder.empty() ? std::optional<IdMap>{} : find_item_map(folder);
  dataset.user_ids =
      users_named ? std::move(interactions.user_names) : names_of_rows(num_users, user_map, "user", notes);
  dataset.item_ids =
      items_named ? std::move(interactions.item_names) : names_of_rows(num_items, item_map, "item", notes);
  count_strangers(dataset);
  if (const fs::path items = folder / "items.csv"; !folder.empty() && fs::exists(items)) {
    input::FileLines file(items);
    dataset.items = read_item_metadata(file.lines, dataset.item_ids, !items_named, notes.lines);
  }
  dataset.hash = content_hash(dataset);
  return dataset;
}

std::string content_hash(const Dataset& dataset) {
  files::Hasher hasher;
  for (const Csr* part : {&dataset.train, &dataset.validation, &dataset.test}) {
    hasher.add_number(part->rows());
    hasher.add_number(part->cols());
    hasher.add_values(part->indptr());
    hasher.add_values(part->indices());
  }
  if (!dataset.weights.empty()) hasher.add_values(std::span(dataset.weights));
  for (const Modality& modality : dataset.modalities) {
    hasher.add_text(modality.name);
    hasher.add_number(modality.features.cols());
    hasher.add_values(std::span(modality.features.data(), static_cast<std::size_t>(modality.features.size())));
  }
  for (const auto* names : {&dataset.user_ids, &dataset.item_ids}) {
    hasher.add_number(static_cast<Index>(names->size()));
    for (const auto& name : *names) hasher.add_text(name);
  }
  return hasher.hex();
}

}  // namespace monet::data
