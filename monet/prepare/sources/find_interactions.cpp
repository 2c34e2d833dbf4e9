#include "monet/prepare/sources/find_interactions.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/data/interactions.h"
#include "monet/data/random_features.h"
#include "monet/data/split_files.h"
#include "monet/input/record_kind.h"
#include "monet/input/separator.h"
#include "monet/input/utf8.h"
#include "monet/prepare/sources/parquet_source.h"
#include "monet/prepare/sources/source_files.h"
#include "monet/prepare/sources/source_format.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
/// Files that lie beside interactions and are none.
bool is_companion(const fs::path& path) {
  const std::string stem = plain_stem(path);
  return is_catalogue_name(path) || path.filename() == data::kRandomFeatures || stem.starts_with("README") ||
         stem.ends_with("_id_mapping") ||
         is_one_of(path.filename().string(), {"synth.json", "prepare.json", "export.json"}) ||
         is_one_of(stem, {"item_list", "user_list", "users", "tags", "links", "genome-tags", "genome-scores"});
}

/// Whether the first names of a file, in its header or before a colon, are of a user and of an item.
bool names_user_and_item(const fs::path& path) {
  if (fs::is_directory(path)) return false;
  bool user = false;
  bool item = false;
  const auto take = [&](std::string_view name) {
    user = user || data::rank_of_name(name, data::ColumnRole::user).has_value();
    item = item || data::rank_of_name(name, data::ColumnRole::item).has_value() || data::is_plural_of_item(name);
  };
  try {
    const std::string text = first_bytes(path);
    if (input::begins_with_records(text)) {
      for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1)) {
        const std::string_view before = input::trimmed(std::string_view(text).substr(0, colon));
        if (before.size() < 2 || (before.back() != '"' && before.back() != '\'')) continue;
        const std::size_t open = before.find_last_of(before.back(), before.size() - 2);
        if (open != std::string::npos) take(before.substr(open + 1, before.size() - open - 2));
      }
      return user && item;
    }
    std::string_view header = std::string_view(text).substr(0, text.find_first_of("\r\n"));
    const char separator = input::detect_separator(header);
    if (separator == '\0') return false;
    for (bool more = true; more;) {
      const std::size_t end = std::min(header.find(separator), header.size());
      std::string_view name = input::trimmed(header.substr(0, end));
      if (name.size() > 1 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
      take(name);
      more = end < header.size();
      header.remove_prefix(std::min(end + 1, header.size()));
    }
  } catch (const DataError&) {  // something else than a text
    return false;
  }
  return user && item;
}

/// The only file of a folder in which no file is called as a table or as records are: what it is, reading it tells.
fs::path choose_among_others(const fs::path& folder) {
  std::vector<fs::path> files = files_in(folder);
  std::erase_if(files, [](const fs::path& file) {
    return is_companion(file) || is_one_of(content_extension(file), {"npy", "safetensors", "onnx", "md", "jpg", "jpeg",
                                                                     "png", "webp", "gif", "bmp", "tif", "tiff"});
  });
  if (files.size() == 1) return files.front();
  std::vector<std::string> names;
  for (const fs::path& file : files) names.push_back(file.filename().string());
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string() + "/");
  }
  constexpr std::size_t kMost = 8;
  if (names.size() > kMost) {
    names.resize(kMost);
    names.emplace_back("…");
  }
  fail<DataError>(
      "{}: no interactions here; expected reviews (JSON lines), a CSV or TSV, Parquet, NAME.inter, or MovieLens' "
      "files{}",
      folder.string(),
      names.empty() ? std::string()
                    : fmt::format("; there are {}: name the one that holds them", fmt::join(names, ", ")));
}

/// The file of interactions in a folder: the only one, or the one named like the folder or `interactions`, or the only
/// one that names a user and an item, which is noted.
fs::path choose(const fs::path& folder, std::vector<std::string>& notes) {
  std::vector<fs::path> candidates;
  for (const fs::path& file : files_in(folder)) {
    if (is_table_or_records(file) && !is_companion(file)) candidates.push_back(file);
  }
  const bool has_inter = std::any_of(candidates.begin(), candidates.end(),
                                     [](const fs::path& path) { return content_extension(path) == "inter"; });
  if (has_inter) std::erase_if(candidates, [](const fs::path& path) { return content_extension(path) != "inter"; });
  if (candidates.empty()) return choose_among_others(folder);
  if (candidates.size() == 1) return candidates.front();
  const bool any_names = std::any_of(candidates.begin(), candidates.end(), names_user_and_item);
  for (const fs::path& candidate : candidates) {
    const bool is_called_so = plain_stem(candidate) == "interactions" || plain_stem(candidate) == folder.filename();
    if (is_called_so && (!any_names || names_user_and_item(candidate))) return candidate;
  }
  const auto by_names = std::stable_partition(candidates.begin(), candidates.end(), names_user_and_item);
  std::vector<std::string> names;
  for (const fs::path& candidate : candidates) names.push_back(candidate.filename().string());
  if (by_names - candidates.begin() == 1) {
    notes.push_back(
        fmt::format("{} holds the interactions, as only there are a user and an item; {} {} not read (`catalogue` FILE "
                    "names a catalogue)",
                    names.front(), fmt::join(names.begin() + 1, names.end(), ", "), names.size() > 2 ? "are" : "is"));
    return candidates.front();
  }
  if (by_names != candidates.begin()) {
    names.erase(names.begin() + (by_names - candidates.begin()), names.end());
  }
  fail<DataError>("{}: several files may hold the interactions ({}); name the one instead of the folder",
                  folder.string(), fmt::join(names, ", "));
}

/// Names the tables that lie beside the files of a split.
void note_unread(Source& source) {
  std::vector<std::string> names;
  for (const fs::path& file : files_in(source.folder)) {
    const auto& read = source.interactions;
    const std::string extension = content_extension(file);
    if (!is_table_or_records(file) || is_companion(file) || extension == "item" || extension == "user" ||
        std::find(read.begin(), read.end(), file) != read.end()) {
      continue;
    }
    names.push_back(file.filename().string());
  }
  if (names.empty()) return;
  source.notes.push_back(
      fmt::format("the interactions are those of the split's files; {} {} not read (`catalogue` "
                  "FILE names a catalogue)",
                  fmt::join(names, ", "), names.size() > 1 ? "are" : "is"));
}

bool is_maml(const fs::path& folder) {
  if (!fs::exists(folder / "train.csv") || !fs::exists(folder / "test.csv")) return false;
  const auto lines = first_lines(folder / "train.csv", 1);
  return !lines.empty() && lines.front().find("reviewerID") != std::string::npos &&
         lines.front().find("asin") != std::string::npos;
}

/// One object whose keys are row numbers of users.
bool is_five_core(const fs::path& file) {
  if (!fs::exists(file)) return false;
  const std::string start = first_bytes(file).substr(0, 64);
  const std::size_t key = start.find_first_not_of(" \t\r\n{");
  return start.find('{') < key && key + 1 < start.size() && start[key] == '"' && start[key + 1] >= '0' &&
         start[key + 1] <= '9';
}
}  // namespace

void find_interactions(const PrepareOptions& options, Source& source) {
  const fs::path& folder = source.folder;
  const auto is_format = [&](Format format) { return !options.format || *options.format == format; };
  if (is_format(Format::parquet) && (options.format || is_parquet_place(options.source))) {
    return use_parquet(options.source, source);
  }
  if (fs::is_directory(options.source) &&
      (is_five_core(options.source / "train.json") || is_five_core(options.source / "5-core/train.json"))) {
    fail<DataError>(
        "{}: a dataset in 5-core layout, which needs no preparing; train, info and the others read it as it is",
        options.source.string());
  }
  if (!fs::is_directory(options.source)) {
    source.interactions = {options.source};
  } else if (is_maml(folder) && is_format(Format::maml)) {
    source.format = Format::maml;
    source.interactions = {folder / "train.csv", folder / "test.csv"};
    return;
  } else if (const auto split = data::find_split_files(folder)) {
    source.interactions = {split->train, split->test};
    source.parts = {static_cast<int>(data::Part::train), static_cast<int>(data::Part::test)};
    if (!split->validation.empty()) {
      source.interactions.insert(source.interactions.begin() + 1, split->validation);
      source.parts.insert(source.parts.begin() + 1, static_cast<int>(data::Part::validation));
    }
    note_unread(source);
  } else {
    for (const char* name : {"u.data", "ratings.dat", "ratings.csv"}) {
      if (!fs::exists(folder / name) || !is_format(Format::movielens)) continue;
      if (name == std::string_view("ratings.csv") && !fs::exists(folder / "movies.csv")) continue;
      source.format = Format::movielens;
      source.interactions = {folder / name};
      return;
    }
    source.interactions = {choose(folder, source.notes)};
    if (is_parquet_place(source.interactions.front())) return use_parquet(source.interactions.front(), source);
  }
  source.format = options.format ? *options.format : format_of_file(source.interactions.front(), options.separator);
}

}  // namespace monet::prepare
