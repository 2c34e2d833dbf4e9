#include "monet/prepare/sources/source.h"

#include "monet/core/error.h"
#include "monet/data/columns.h"
#include "monet/data/id_map.h"
#include "monet/data/interactions.h"
#include "monet/data/random_features.h"
#include "monet/data/split_files.h"
#include "monet/duckdb/parquet_files.h"
#include "monet/input/line_reader.h"
#include "monet/input/record_kind.h"
#include "monet/input/separator.h"
#include "monet/input/utf8.h"
#include "monet/prepare/sources/parquet_source.h"
#include "monet/prepare/sources/source_format.h"
#include "monet/prepare/sources/store_source.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The files of a folder, and the folders in it that are one Parquet table each.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().front() == '.') continue;
    if (entry.is_regular_file() || duckdb::is_table_folder(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_table_or_records(const fs::path& path) {
  return is_one_of(content_extension(path),
                   {"json", "jsonl", "ndjson", "csv", "tsv", "txt", "dat", "inter", "data", "parquet", "parq", "pq"}) ||
         fs::is_directory(path);
}

/// Files that lie beside interactions and are none.
bool is_companion(const fs::path& path) {
  const std::string stem = plain_stem(path);
  return is_catalogue_name(path) || path.filename() == "synth.json" || path.filename() == data::kRandomFeatures ||
         stem.starts_with("README") || stem.ends_with("_id_mapping") ||
         is_one_of(stem, {"item_list", "user_list", "users", "tags", "links", "genome-tags", "genome-scores", "prepare",
                          "export"});
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

bool exists_in(const fs::path& folder, const char* name) {
  return fs::exists(folder / name);
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
  if (candidates.empty()) {
    fail<DataError>(
        "{}: no interactions here; expected reviews (JSON lines), a CSV or TSV, Parquet, NAME.inter, or "
        "MovieLens' files",
        folder.string());
  }
  if (candidates.size() == 1) return candidates.front();
  for (const fs::path& candidate : candidates) {
    if (plain_stem(candidate) == "interactions" || plain_stem(candidate) == folder.filename()) return candidate;
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

bool is_maml(const fs::path& folder) {
  if (!exists_in(folder, "train.csv") || !exists_in(folder, "test.csv")) return false;
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
  } else {
    for (const char* name : {"u.data", "ratings.dat", "ratings.csv"}) {
      if (!exists_in(folder, name) || !is_format(Format::movielens)) continue;
      if (name == std::string_view("ratings.csv") && !exists_in(folder, "movies.csv")) continue;
      source.format = Format::movielens;
      source.interactions = {folder / name};
      return;
    }
    source.interactions = {choose(folder, source.notes)};
    if (is_parquet_place(source.interactions.front())) return use_parquet(source.interactions.front(), source);
  }
  source.format = options.format ? *options.format : format_of_file(source.interactions.front());
}

/// `reviews_Toys_5.json.gz`, `ratings_Toys.csv` and `Toys.jsonl` are about Toys.
std::string category_of(const fs::path& path) {
  std::string stem = plain_stem(path);
  for (const std::string_view prefix : {"reviews_", "ratings_"}) {
    if (stem.starts_with(prefix)) stem.erase(0, prefix.size());
  }
  if (stem.ends_with("_5")) stem.erase(stem.size() - 2);
  return stem;
}

bool is_amazon(Format format) {
  return format == Format::amazon_2014 || format == Format::amazon_2018 || format == Format::amazon_2023 ||
         format == Format::ratings_user_item || format == Format::ratings_item_user || format == Format::maml;
}

/// Of the files for which `is` holds: the one called `wanted`, or the only one. Of several none is taken in silence:
/// `several` gets their names.
template <class Is, class Several>
fs::path find_beside(const Source& source, const std::string& wanted, Is&& is, Several&& several) {
  std::vector<fs::path> found;
  for (const fs::path& file : files_in(source.folder)) {
    if (!is(file) ||
        std::find(source.interactions.begin(), source.interactions.end(), file) != source.interactions.end())
      continue;
    if (plain_stem(file) == wanted) return file;
    found.push_back(file);
  }
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const fs::path& file : found) names.push_back(file.filename().string());
  if (!names.empty()) several(fmt::format("{}", fmt::join(names, ", ")));
  return {};
}

fs::path find_catalogue(Source& source) {
  const fs::path& first = source.interactions.front();
  if (source.format == Format::movielens) {
    for (const char* name : {"u.item", "movies.dat", "movies.csv"}) {
      if (exists_in(source.folder, name)) return source.folder / name;
    }
    return {};
  }
  if (source.format == Format::recbole) {
    std::string stem = plain_stem(first);
    if (!source.parts.empty()) stem = stem.substr(0, stem.rfind('.'));  // NAME.train
    const fs::path item = source.folder / (stem + ".item");
    return fs::exists(item) ? item : fs::path();
  }
  if (is_amazon(source.format)) {
    const std::string wanted = "meta_" + category_of(first);
    return find_beside(
        source, wanted, [](const fs::path& file) { return plain_stem(file).starts_with("meta_"); },
        [&](const std::string& names) {
          source.notes.push_back(
              fmt::format("{} lie beside, and none is called {}: no catalogue is used; `catalogue` FILE "
                          "names one",
                          names, wanted));
        });
  }
  return find_beside(
      source, "catalogue",
      [](const fs::path& file) {
        return is_catalogue_name(file) && is_table_or_records(file) && plain_stem(file) != "u";
      },
      [&](const std::string& names) {
        fail<DataError>(
            "{}: several files may be the catalogue ({}); name one with `catalogue` FILE, or give `catalogue none`",
            source.folder.string(), names);
      });
}

/// Columns of a `.item` file that hold sequences of numbers.
std::vector<GivenFeatures> float_sequences(const fs::path& item_file) {
  std::vector<GivenFeatures> features;
  const auto lines = first_lines(item_file, 1);
  if (lines.empty()) return features;
  std::string_view rest = lines.front();
  while (!rest.empty()) {
    const std::size_t tab = std::min(rest.find('\t'), rest.size());
    const std::string_view column = rest.substr(0, tab);
    constexpr std::string_view kType = ":float_seq";
    if (column.ends_with(kType)) {
      features.push_back({std::string(column.substr(0, column.size() - kType.size())), item_file, {}});
    }
    rest.remove_prefix(std::min(tab + 1, rest.size()));
  }
  return features;
}

std::vector<GivenFeatures> find_features(Source& source) {
  if (source.format == Format::recbole) {
    return content_extension(source.catalogue) == "item" ? float_sequences(source.catalogue)
                                                         : std::vector<GivenFeatures>{};
  }
  std::vector<GivenFeatures> features;
  if (is_amazon(source.format)) {
    const std::string wanted = "image_features_" + category_of(source.interactions.front());
    const fs::path image = find_beside(
        source, wanted,
        [](const fs::path& file) {
          return plain_stem(file).starts_with("image_features_") && content_extension(file) == "b";
        },
        [&](const std::string& names) {
          source.notes.push_back(
              fmt::format("{} lie beside, and none is called {}: none is used; `features` image=FILE "
                          "names one",
                          names, wanted));
        });
    if (!image.empty()) features.push_back({"image", image, {}});
  }
  constexpr std::string_view kSuffix = "_feat.npy";
  for (const fs::path& file : files_in(source.folder)) {
    const std::string name = file.filename().string();
    if (name.size() > kSuffix.size() && name.ends_with(kSuffix)) {
      features.push_back({name.substr(0, name.size() - kSuffix.size()), file, {}});
    }
  }
  return features;
}

/// Where other files of the source may lie: beside a file, and beside a folder that is one table unless a catalogue
/// lies in it.
fs::path folder_of(const fs::path& source) {
  if (fs::is_directory(source)) {
    const std::vector<fs::path> files = files_in(source);
    if (!duckdb::is_table_folder(source) || std::any_of(files.begin(), files.end(), is_catalogue_name)) return source;
  }
  const fs::path folder = (source.has_filename() ? source : source.parent_path()).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

std::string name_of_source(const fs::path& source) {
  fs::path named = fs::absolute(source).lexically_normal();
  if (!named.has_filename()) named = named.parent_path();
  if (duckdb::is_parquet_pattern(source)) named = named.parent_path();
  return safe_name(fs::is_directory(named) && !duckdb::is_table_folder(named) ? named.filename().string()
                                                                              : plain_stem(named));
}

/// A source that is a query: nothing is looked for beside it.
Source query_source(const PrepareOptions& options) {
  Source source;
  source.format = Format::query;
  source.folder = ".";
  source.features = options.features;
  source.name = options.source.empty() ? "query" : name_of_source(options.source);
  if (options.catalogue_query.empty() && options.use_catalogue) source.catalogue = options.catalogue;
  return source;
}

void refuse_pipe(const fs::path& path) {
  std::error_code none;
  const fs::file_status status = fs::status(path, none);
  if (fs::is_fifo(status) || fs::is_character_file(status) || fs::is_socket(status)) {
    fail<IoError>("{}: a pipe can be read only once, and preparing reads twice; write it to a file first",
                  path.string());
  }
}

Source file_source(const PrepareOptions& options) {
  refuse_pipe(options.source);
  if (!fs::exists(options.source) && !duckdb::is_parquet_pattern(options.source)) {
    fail<IoError>("{}: no such file or directory; check the path", options.source.string());
  }
  Source source;
  source.folder = folder_of(options.source);
  find_interactions(options, source);
  if (options.use_catalogue && options.catalogue_query.empty()) {
    source.catalogue = options.catalogue.empty() ? find_catalogue(source) : options.catalogue;
  }
  source.features = options.features;
  if (options.find_features) {
    for (GivenFeatures& found : find_features(source)) {
      const bool named = std::any_of(options.features.begin(), options.features.end(),
                                     [&](const GivenFeatures& given) { return given.name == found.name; });
      if (!named) source.features.push_back(std::move(found));
    }
  }
  source.name = name_of_source(options.source);
  return source;
}
}  // namespace

std::string safe_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool kept =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    name.push_back(kept ? c : '_');
  }
  return name.empty() ? "dataset" : name;
}

bool is_catalogue_name(const fs::path& path) {
  const std::string stem = plain_stem(path);
  return stem.starts_with("meta_") ||
         is_one_of(stem, {"catalogue", "catalog", "items", "products", "movies", "articles", "metadata", "u"});
}

Source find_source(const PrepareOptions& options) {
  refuse_pipe(options.catalogue);
  Source source = !options.query.empty()     ? query_source(options)
                  : is_store_source(options) ? store_source(options)
                                             : file_source(options);
  source.catalogue_query = options.catalogue_query;
  if (!options.name.empty()) source.name = options.name;
  return source;
}

std::vector<std::string> first_lines(const fs::path& path, std::size_t count) {
  input::Observer silent;
  const std::atomic<bool> never{false};
  input::FileStream stream(path, {silent, never});
  input::LineReader lines(stream, path.string());
  std::vector<std::string> found;
  while (found.size() < count && lines.next()) {
    if (!input::trimmed(lines.line()).empty()) found.emplace_back(lines.line());
  }
  return found;
}

std::string first_bytes(const fs::path& path) {
  input::Observer silent;
  const std::atomic<bool> never{false};
  input::FileStream stream(path, {silent, never});
  std::string text(std::size_t{1} << 16, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const std::size_t count = stream.read(std::span(text).subspan(length));
    if (count == 0) break;
    length += count;
  }
  text.resize(length);
  return text;
}

}  // namespace monet::prepare
