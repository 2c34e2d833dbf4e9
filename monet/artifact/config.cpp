#include "monet/artifact/config.h"

#include "monet/core/error.h"
#include "monet/core/files/hash.h"
#include "monet/core/files/text_position.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

namespace monet::artifact {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "monet-artifact";
constexpr int kFormatVersion = 1;

Json to_json(const Value& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

Json to_json(const Fields& fields) {
  Json object = Json::object();
  for (const auto& [name, value] : fields) object[name] = to_json(value);
  return object;
}

Fields to_fields(const Json& object) {
  Fields fields;
  for (const auto& [name, value] : object.get_ref<const Json::object_t&>()) {
    if (value.is_boolean()) {
      fields.emplace_back(name, value.get<bool>());
    } else if (value.is_number_integer()) {
      fields.emplace_back(name, value.get<std::int64_t>());
    } else if (value.is_number()) {
      fields.emplace_back(name, value.get<double>());
    } else {
      fields.emplace_back(name, value.get<std::string>());
    }
  }
  return fields;
}

Json to_json(const ModalityInfo& modality) {
  Json object{{"name", modality.name}, {"features", modality.features}};
  if (modality.first_col >= 0) object["columns"] = {modality.first_col, modality.first_col + modality.cols};
  return object;
}

ModalityInfo to_modality(const Json& object) {
  ModalityInfo modality{object.at("name"), object.at("features"), -1, 0};
  if (object.contains("columns")) {
    modality.first_col = object.at("columns").at(0).get<Index>();
    modality.cols = object.at("columns").at(1).get<Index>() - modality.first_col;
  }
  return modality;
}

Json to_json(const NewItems& map) {
  return {{"modalities", map.modalities}, {"tables", map.tables}, {"unit_rows", map.unit_rows},
          {"blocks", map.blocks},         {"length", map.length}, {"prior", map.prior}};
}

NewItems to_new_items(const Json& object) {
  return {object.at("modalities"), object.at("tables"), object.at("unit_rows"),
          object.at("blocks"),     object.at("length"), object.at("prior")};
}

Config to_config(const Json& json) {
  Config config;
  config.program_version = json.at("program_version");
  config.model = json.at("model");
  config.kind = scoring::parse_score_kind(json.at("kind").get<std::string>());
  config.beta = json.at("beta");
  config.embedding_width = json.at("embedding_width");
  const Json& data = json.at("data");
  config.data_name = data.at("name");
  config.data_hash = data.at("hash");
  if (data.contains("options")) data.at("options").get_to(config.data_options);
  if (data.contains("id_types")) data.at("id_types").get_to(config.id_types);
  config.num_users = data.at("users");
  config.num_items = data.at("items");
  config.num_interactions = data.at("interactions");
  for (const Json& modality : json.at("modalities")) config.modalities.push_back(to_modality(modality));
  config.hyper_parameters = to_fields(json.at("hyper_parameters"));
  config.validation = json.at("metrics").at("validation").get<std::map<std::string, double>>();
  config.test = json.at("metrics").at("test").get<std::map<std::string, double>>();
  config.training = to_fields(json.at("training"));
  if (config.kind == scoring::ScoreKind::blend) {
    const Json& blend = json.at("blend");
    config.blend_by = scoring::parse_blend_by(blend.at("by").get<std::string>());
    blend.at("weights").get_to(config.blend_weights);
  }
  if (json.contains("new_items")) config.new_items = to_new_items(json.at("new_items"));
  return config;
}

std::string own_hash(const Json& json) {
  files::Hasher hasher;
  hasher.add_text(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  return hasher.hex();
}

void check_version(const Json& json, const std::string& name) {
  if (!json.is_object() || json.value("format", "") != kFormat) {
    fail<DataError>("{}: not the config.json of a monet artifact (no \"format\": \"{}\")", name, kFormat);
  }
  const Json version = json.value("format_version", Json());
  if (version != kFormatVersion) {
    fail<DataError>(
        "{}: artifact format {} (written by monet {}), this is monet {} and reads format {}; train again or use the "
        "version that wrote it",
        name, version.dump(), json.value("program_version", "of unknown version"), program_version(), kFormatVersion);
  }
}

}  // namespace

std::string_view program_version() {
  return MONET_VERSION;
}

std::string write_config(const Config& config, const FileRecords& files) {
  Json json;
  json["format"] = kFormat;
  json["format_version"] = kFormatVersion;
  json["program_version"] = config.program_version;
  json["model"] = config.model;
  json["kind"] = scoring::to_string(config.kind);
  json["beta"] = std::stod(fmt::format("{}", config.beta));  // 0.3, and reads back as the same float
  json["embedding_width"] = config.embedding_width;
  json["hyper_parameters"] = to_json(config.hyper_parameters);
  json["modalities"] = Json::array();
  for (const ModalityInfo& modality : config.modalities) json["modalities"].push_back(to_json(modality));
  json["data"] = {{"name", config.data_name},
                  {"hash", config.data_hash},
                  {"users", config.num_users},
                  {"items", config.num_items},
                  {"interactions", config.num_interactions}};
  if (!config.data_options.empty()) json["data"]["options"] = config.data_options;
  if (!config.id_types.empty()) json["data"]["id_types"] = config.id_types;
  json["metrics"] = {{"validation", config.validation}, {"test", config.test}};
  json["training"] = to_json(config.training);
  if (config.kind == scoring::ScoreKind::blend) {
    json["blend"] = {{"by", scoring::to_string(config.blend_by)}, {"weights", config.blend_weights}};
  }
  if (config.new_items) json["new_items"] = to_json(*config.new_items);
  json["files"] = Json::object();
  for (const auto& [name, record] : files) json["files"][name] = {{"bytes", record.bytes}, {"hash", record.hash}};
  json["config_hash"] = own_hash(json);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Config parse_config(std::string_view text, const std::filesystem::path& file, FileRecords& files) {
  const std::string name = file.string();
  Json json;
  try {
    json = Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    files::fail_at(name, text, error.byte > 0 ? error.byte - 1 : 0,
                   "damaged: not JSON; restore the artifact or train again");
  }
  try {
    check_version(json, name);
    const std::string stored = json.at("config_hash");
    json.erase("config_hash");
    if (own_hash(json) != stored) {
      fail<DataError>("{}: damaged: the content differs from its config_hash; restore the artifact or train again",
                      name);
    }
    for (const auto& [part, record] : json.at("files").get_ref<const Json::object_t&>()) {
      files[part] = {record.at("bytes").get<std::int64_t>(), record.at("hash").get<std::string>()};
    }
    return to_config(json);
  } catch (const nlohmann::json::exception& error) {
    fail<DataError>("{}: damaged: {}; restore the artifact or train again", name, error.what());
  }
}

}  // namespace monet::artifact
