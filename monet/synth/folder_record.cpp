#include "monet/synth/folder_record.h"

#include "monet/core/files/atomic.h"
#include "monet/core/files/written_files.h"
#include "monet/data/random_features.h"
#include "monet/synth/names.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

namespace monet::synth {

namespace {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kRecord = "synth.json";
constexpr const char* kShop = "monet-synth";
constexpr std::string_view kPicture = "pictures/item-";

/// Whether an entry is `pictures/`, or the picture of one of so many items.
bool is_picture(const std::string& entry, Index items) {
  if (entry == "pictures/") return items > 0;
  if (!entry.starts_with(kPicture) || !entry.ends_with(".png")) return false;
  const char* begin = entry.data() + kPicture.size();
  const char* end = entry.data() + entry.size() - std::string_view(".png").size();
  Index item = -1;
  const auto [stop, error] = std::from_chars(begin, end, item);
  return error == std::errc() && stop == end && item >= 0 && item < items;
}

files::Owns owns_recorded(const fs::path& folder, const files::FolderRecord& record) {
  const auto json = Json::parse(record.text);
  const auto pictures = json.find("pictures");
  const Index items = pictures != json.end() && pictures->is_number_integer() ? pictures->get<Index>() : 0;
  return [items, own = files::owns_unchanged(folder, kRecord, *record.files)](const std::string& entry) {
    return own(entry) || is_picture(entry, items);
  };
}

/// Whether a file begins with these two lines, the second up to where it is given.
bool begins_with(const fs::path& file, const std::string& header, const std::string& row) {
  std::ifstream stream(file, std::ios::binary);
  std::string first;
  std::string second;
  return std::getline(stream, first) && std::getline(stream, second) && first == header && second.starts_with(row);
}

/// Shops of versions that wrote no record.
files::Owns owns_by_content(const fs::path& folder) {
  const std::string item = item_name(0) + ",";
  if (begins_with(folder / "items.csv", "item_id,title,category,colour,pattern,style", item) &&
      begins_with(folder / "u_id_mapping.csv", "user_id\tuserID", user_name(0) + "\t0")) {
    return files::owns_matching(
        {"synth.inter", "u_id_mapping.csv", "i_id_mapping.csv", "items.csv", "image_feat.npy", "text_feat.npy"});
  }
  if (begins_with(folder / "interactions.csv", "user,item,rating,timestamp", user_name(0) + ",item-") &&
      begins_with(folder / "catalogue.csv", "id,title,description,categories,brand,price,image", item)) {
    return [](const std::string& entry) {
      return entry == "interactions.csv" || entry == "catalogue.csv" ||
             is_picture(entry, std::numeric_limits<Index>::max());
    };
  }
  return {};
}

files::Owns owns_shop(const fs::path& folder) {
  const auto record = files::read_folder_record(folder / kRecord, kShop);
  files::Owns own = record && record->files ? owns_recorded(folder, *record) : owns_by_content(folder);
  return own ? files::owns_either(std::move(own), data::owns_random_features(folder)) : own;
}
}  // namespace

void write_record(const fs::path& folder, const GeneratorOptions& options, const RawShopOptions* raw) {
  Json json;
  json["format"] = kShop;
  json["version"] = 1;
  json["layout"] = raw != nullptr ? "raw" : "dataset";
  json["options"] = {{"users", options.num_users},
                     {"items", options.num_items},
                     {"interactions", options.num_interactions},
                     {"cold_items", options.cold_items},
                     {"popularity_exponent", options.popularity_exponent},
                     {"drift", options.drift},
                     {"off_taste", options.off_taste},
                     {"text_signal", options.text_signal},
                     {"image_signal", options.image_signal},
                     {"seed", options.seed}};
  if (raw == nullptr) {
    Json& modalities = json["options"]["modalities"] = Json::object();
    for (const ModalityShape& shape : options.modalities) modalities[shape.name] = shape.width;
    json["options"]["noise"] = options.noise;
  } else if (raw->pictures) {
    json["options"]["picture_size"] = raw->picture_size;
    json["pictures"] = options.num_items;
  }
  json["written"] = Json::parse(files::to_json(files::files_written_to(folder)));
  files::write_file(folder / kRecord, json.dump(2) + "\n");
}

const files::FolderKind& shop_folder() {
  static const files::FolderKind kind{kRecord, owns_shop};
  return kind;
}

}  // namespace monet::synth
