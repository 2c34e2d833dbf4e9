#pragma once

#include "monet/input/file_name.h"
#include "monet/prepare/options.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

/// The files that raw data consist of.
struct Source {
  Format format = Format::table;
  std::string name;                                 // for the dataset
  std::filesystem::path folder;                     // of the files
  std::vector<std::filesystem::path> interactions;  // read one after the other
  std::vector<int> parts;                           // data::Part of each file; empty: the files do not say
  std::filesystem::path catalogue;                  // empty: none
  std::string catalogue_query;                      // in its place
  bool has_items = false;                           // a store's items are the catalogue
  std::vector<GivenFeatures> features;
  std::vector<std::string> notes;  // what lies there and is not used

  bool has_catalogue() const { return has_items || !catalogue.empty() || !catalogue_query.empty(); }
};

/// Finds what lies at `options.source` (a file or a folder) and beside it, by names and first lines; what the options
/// give is taken as it is. Throws IoError, DataError with a remedy (nothing recognised, several candidates).
Source find_source(const PrepareOptions& options);

/// Whether a file is called as catalogues are: `items.csv`, `meta_Toys.json.gz`.
bool is_catalogue_name(const std::filesystem::path& path);

/// A text as the name of a dataset: letters, digits, `-`, `_`.
std::string safe_name(const std::string& text);

using input::content_extension;
using input::plain_stem;

/// The first lines of a file that are not blank, at most `count` of them, decompressed.
std::vector<std::string> first_lines(const std::filesystem::path& path, std::size_t count);

/// The beginning of a file, decompressed: 64 KiB, or all of it.
std::string first_bytes(const std::filesystem::path& path);

}  // namespace monet::prepare
