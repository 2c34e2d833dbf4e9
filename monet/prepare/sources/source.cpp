#include "monet/prepare/sources/source.h"

#include "monet/core/error.h"
#include "monet/duckdb/parquet_files.h"
#include "monet/input/archive.h"
#include "monet/prepare/sources/find_interactions.h"
#include "monet/prepare/sources/source_files.h"
#include "monet/prepare/sources/store_source.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
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

/// Says that a catalogue lies beside in a kind of file that is not read.
void note_unread_catalogue(Source& source) {
  for (const fs::path& file : files_in(source.folder)) {
    if (!is_catalogue_name(file) ||
        !is_one_of(content_extension(file), {"xlsx", "xlsm", "xls", "ods", "xml", "html", "db", "sqlite", "h5", "pkl",
                                             "feather", "arrow", "7z", "rar", "sql"})) {
      continue;
    }
    source.notes.push_back(
        fmt::format("{} lies beside and is no table that can be read: no catalogue is used; save it "
                    "as CSV, or give `catalogue none`",
                    file.filename().string()));
  }
}

fs::path find_catalogue(Source& source) {
  const fs::path& first = source.interactions.front();
  if (source.format == Format::movielens) {
    for (const char* name : {"u.item", "movies.dat", "movies.csv"}) {
      if (fs::exists(source.folder / name)) return source.folder / name;
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
  const fs::path found = find_beside(
      source, "catalogue",
      [](const fs::path& file) {
        return is_catalogue_name(file) && (is_table_or_records(file) || is_called_as_compressed(file)) &&
               plain_stem(file) != "u";
      },
      [&](const std::string& names) {
        fail<DataError>(
            "{}: several files may be the catalogue ({}); name one with `catalogue` FILE, or give `catalogue none`",
            source.folder.string(), names);
      });
  if (found.empty()) note_unread_catalogue(source);
  return found;
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

/// What lies beside and is not `given` already.
std::vector<GivenFeatures> find_features(Source& source, const std::vector<GivenFeatures>& given) {
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
    } else if (is_one_of(content_extension(file), {"npy", "safetensors"}) &&
               std::none_of(given.begin(), given.end(),
                            [&](const GivenFeatures& one) { return one.file.filename() == file.filename(); })) {
      source.notes.push_back(
          fmt::format("{} lies beside and is not taken for features; `features` NAME={} takes it", name, name));
    }
  }
  return features;
}

/// Where other files of the source may lie: beside a file, and beside a folder that is one table unless a catalogue
/// lies in it. A member of an archive has the archive's.
fs::path folder_of(const fs::path& source) {
  if (fs::is_directory(source)) {
    const std::vector<fs::path> files = files_in(source);
    if (!duckdb::is_table_folder(source) || std::any_of(files.begin(), files.end(), is_catalogue_name)) return source;
  }
  const fs::path file = input::split_member_path(source).file;
  const fs::path folder = (file.has_filename() ? file : file.parent_path()).parent_path();
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
  if (!input::exists(options.source) && !duckdb::is_parquet_pattern(options.source)) {
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
    for (GivenFeatures& found : find_features(source, options.features)) {
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

Source find_source(const PrepareOptions& options) {
  refuse_pipe(options.catalogue);
  Source source = !options.query.empty()     ? query_source(options)
                  : is_store_source(options) ? store_source(options)
                                             : file_source(options);
  source.catalogue_query = options.catalogue_query;
  if (!options.name.empty()) source.name = options.name;
  return source;
}

}  // namespace monet::prepare
