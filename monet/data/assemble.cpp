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
    if (beyond > 0)
      notes.lines.push_back(fmt::format("{}: {} {}s that nothing else names are left out", map->file, beyond, what));
  }
  Index unnamed = 0;
  for (std::size_t row = 0; row < names.size(); ++row) {
    if (!names[row].empty()) continue;
    ++unnamed;
    names[row] = std::to_string(row);
    while (taken.count(names[row]) > 0) names[row] = fmt::format("#{}", names[row]);
  }
  if (map && unnamed > 0) {
    notes.lines.push_back(fmt::format("{}: {} {}s have no name there and keep their number", map->file, unnamed, what));
  }
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
  if (only_held_out > 0) {
    dataset.notes.lines.push_back(
        fmt::format("{} users occur only in validation or test; they get the popularity fallback", only_held_out));
  }
  std::vector<bool> touched(static_cast<std::size_t>(dataset.num_items()));
  for (const Csr* part : {&dataset.train, &dataset.validation, &dataset.test}) {
    for (const std::int32_t item : part->indices()) touched[static_cast<std::size_t>(item)] = true;
  }
  const auto cold = std::count(touched.begin(), touched.end(), false);
  if (cold > 0 && !dataset.modalities.empty()) {
    dataset.notes.lines.push_back(fmt::format("{} items have features and no interaction (cold items)", cold));
  }
}
}  // namespace

Dataset assemble(Interactions interactions, const fs::path& folder, const LoadOptions& options) {
  if (interactions.of(Part::train).empty()) {
    fail<DataError>("{}: no training interactions; there is nothing to learn from", interactions.training_file);
  }
  const bool users_named = !interactions.user_names.empty();
  const bool items_named = !interactions.item_names.empty();
  if (!users_named) require_plausible(interactions.user, "user", interactions.size());
  const std::vector<FeatureFile> feature_files =
      folder.empty() ? std::vector<FeatureFile>{} : find_features(folder, options.modalities);

  const Index num_users = Index{interactions.user.id} + 1;
  Index num_items = Index{interactions.item.id} + 1;
  for (const auto& file : feature_files) {
    if (file.rows < num_items && interactions.item.id >= file.rows) {
      fail<DataError>("{}: {} feature rows, but {} items are named ({} names item {}); every item needs a row",
                      file.path.string(), file.rows, num_items, interactions.item.where, interactions.item.id);
    }
  }
  if (!items_named && feature_files.empty()) require_plausible(interactions.item, "item", interactions.size());
  for (const auto& file : feature_files) num_items = std::max(num_items, file.rows);

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
  if (notes.duplicate_interactions > 0) {
    notes.lines.push_back(fmt::format("{} duplicated interactions merged", notes.duplicate_interactions));
  }
  if (notes.crlf) notes.lines.emplace_back("line ends are CRLF");
  if (notes.byte_order_mark) notes.lines.emplace_back("the text begins with a byte order mark");

  for (const auto& file : feature_files) {
    dataset.modalities.push_back(read_modality(file, num_items, options.missing_rows));
    Modality& modality = dataset.modalities.back();
    std::string note;
    modality.recipe = read_recipe(file.path, note);
    if (!note.empty()) notes.lines.push_back(note);
    if (modality.missing_rows > 0) {
      notes.lines.push_back(fmt::format("{}: {} of {} rows are missing and filled with {}", modality.name,
                                        modality.missing_rows, num_items,
                                        options.missing_rows == MissingRows::mean ? "the mean" : "zeros"));
    }
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
