#include "monet/prepare/manifest.h"

#include "monet/data/random_features.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace monet::prepare {

namespace {
using Json = nlohmann::ordered_json;

Json options_json(const PrepareOptions& options, const Report& report) {
  Json json;
  json["min_rating"] = options.min_rating ? Json(*options.min_rating) : Json(nullptr);
  for (const EventWeight& event : options.events) json["events"][event.kind] = event.weight;
  json["k_core"] = options.k_core;
  json["split"] = name_of(report.split);
  json["seed"] = options.seed;
  json["missing"] = name_of(options.missing);
  json["keep_unseen"] = options.keep_unseen;
  json["bad_lines"] = options.skip_bad_lines ? "skip" : "refuse";
  Json& columns = json["columns"] = Json::object();
  const InteractionColumns& in = options.columns;
  const ItemColumns& of_items = options.item_columns;
  for (const auto& [role, name] :
       std::initializer_list<std::pair<const char*, const std::string&>>{{"user", in.user},
                                                                         {"item", in.item},
                                                                         {"rating", in.rating},
                                                                         {"time", in.time},
                                                                         {"event", in.event},
                                                                         {"item_id", of_items.id},
                                                                         {"title", of_items.title},
                                                                         {"categories", of_items.categories},
                                                                         {"brand", of_items.brand},
                                                                         {"price", of_items.price},
                                                                         {"image", of_items.image}}) {
    if (!name.empty()) columns[role] = name;
  }
  if (!of_items.description.empty()) columns["description"] = of_items.description;
  return json;
}

/// Of each kind of interaction how many there are, and what one weighs (0: they are left out).
Json kinds_json(const Report& report) {
  Json json = {{"column", report.event_column}};
  for (const EventKinds::Kind& kind : report.kinds) {
    json["interactions"].push_back({{"kind", kind.name}, {"count", kind.count}, {"weight", kind.weight}});
  }
  return json;
}

Json counts_json(const Report& report) {
  const PrepareResult& result = report.result;
  const Cleaning& cleaning = report.cleaning;
  Json counts = {{"interactions_read", report.interactions_read},
                 {"lines_left_out", report.bad_lines},
                 {"below_min_rating", report.below_min_rating},
                 {"merged", cleaning.merged},
                 {"k_core",
                  {{"rounds", cleaning.core_rounds},
                   {"interactions", cleaning.core_interactions},
                   {"users", cleaning.core_users},
                   {"items", cleaning.core_items}}},
                 {"users", result.users},
                 {"items", result.items},
                 {"catalogue_entries", report.catalogue_entries},
                 {"items_with_entry", result.described_items},
                 {"train", result.train},
                 {"validation", result.validation},
                 {"test", result.test}};
  if (!report.event_column.empty()) counts["kinds"] = kinds_json(report);
  return counts;
}

/// The names that follow from a manifest without a list.
files::Owns owns_named(const Json& json) {
  std::vector<std::string> patterns{kManifest, "u_id_mapping.csv", "i_id_mapping.csv", "items.csv"};
  patterns.push_back(files::escaped_pattern(json["name"].get<std::string>()) + ".inter");
  for (const Json& feature : json.value("features", Json::array())) {
    const auto name = feature.find("name");  // the end for what is no object
    if (name == feature.end() || !name->is_string()) continue;
    patterns.push_back(files::escaped_pattern(name->get<std::string>()) + "_feat.npy");
  }
  return files::owns_matching(std::move(patterns));
}

files::Owns owns_prepared(const std::filesystem::path& folder) {
  auto record = files::read_folder_record(folder / kManifest);
  if (!record) return {};
  const Json json = Json::parse(record->text);
  const bool ours = json.contains("program") && json.contains("format") && json.contains("counts") &&
                    json.contains("options") && json.contains("name") && json["name"].is_string();
  if (!ours) return {};
  files::Owns own =
      record->files ? files::owns_unchanged(folder, kManifest, std::move(*record->files)) : owns_named(json);
  return files::owns_either(std::move(own), data::owns_random_features(folder));
}
}  // namespace

const files::FolderKind& prepared_folder() {
  static const files::FolderKind kind{kManifest, owns_prepared};
  return kind;
}

std::string manifest_text(const PrepareOptions& options, const Report& report) {
  Json json;
  json["program"] = options.program;
  json["name"] = report.result.name;
  json["format"] = report.result.format;
  json["options"] = options_json(options, report);
  if (!report.split_note.empty()) json["split_note"] = report.split_note;
  json["counts"] = counts_json(report);
  for (const SourceFile& file : report.files) {
    Json entry = {{"role", file.role}};
    if (file.hash.empty()) {
      entry["query"] = file.name;
    } else {
      entry.update({{"file", file.name}, {"bytes", file.bytes}, {"xxh64", file.hash}});
    }
    if (!file.reader.empty()) entry["read_by"] = file.reader;
    json["sources"].push_back(std::move(entry));
  }
  json["features"] = Json::array();
  for (const FeatureReport& feature : report.features) {
    Json entry = {{"name", feature.name},
                  {"from", feature.origin},
                  {"width", feature.coverage.width},
                  {"items", feature.coverage.items},
                  {"missing", feature.coverage.missing}};
    for (const auto& [choice, value] : feature.choices) entry["choices"][choice] = value;
    json["features"].push_back(std::move(entry));
  }
  json["notes"] = report.result.notes;
  json["written"] = Json::parse(files::to_json(report.written));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace monet::prepare
