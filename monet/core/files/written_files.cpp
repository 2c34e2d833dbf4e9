#include "monet/core/files/written_files.h"

#include "monet/core/files/hash.h"

#include <nlohmann/json.hpp>

#include <system_error>
#include <fstream>
#include <sstream>
#include <utility>

namespace monet::files {

namespace fs = std::filesystem;

WrittenFiles files_written_to(const fs::path& folder) {
  WrittenFiles files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().filename().string()] = {static_cast<std::int64_t>(entry.file_size()), hash_file(entry.path())};
  }
  return files;
}

std::string to_json(const WrittenFiles& files) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, file] : files) json[name] = {{"bytes", file.bytes}, {"xxh64", file.hash}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<FolderRecord> read_folder_record(const fs::path& file, const std::string& format) {
  constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 26;  // a record is far smaller; a user's file may not be
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(file, error);
  if (error || bytes > kMostBytes) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  FolderRecord record{text.str(), {}};
  const auto json = nlohmann::json::parse(record.text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  if (!format.empty() && (!json.contains("format") || json["format"] != format)) return std::nullopt;
  const auto written = json.find("written");
  if (written == json.end() || !written->is_object()) return record;
  record.files.emplace();
  for (const auto& [name, entry] : written->items()) {
    if (!entry.is_object()) continue;
    const auto bytes = entry.find("bytes");
    const auto hash = entry.find("xxh64");
    if (bytes == entry.end() || hash == entry.end() || !bytes->is_number_integer() || !hash->is_string()) continue;
    (*record.files)[name] = {bytes->get<std::int64_t>(), hash->get<std::string>()};
  }
  return record;
}

Owns owns_unchanged(const fs::path& folder, const std::string& record, WrittenFiles files) {
  return [folder, record, files = std::move(files)](const std::string& entry) {
    if (entry == record) return true;
    const auto found = files.find(entry);
    if (found == files.end()) return false;
    std::error_code error;
    const auto bytes = fs::file_size(folder / entry, error);
    return error ||
           (static_cast<std::int64_t>(bytes) == found->second.bytes && hash_file(folder / entry) == found->second.hash);
  };
}

}  // namespace monet::files
