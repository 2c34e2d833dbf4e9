#pragma once

#include "monet/prepare/options.h"

#include <filesystem>
#include <string>
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

/// A text as the name of a dataset: letters, digits, `-`, `_`.
std::string safe_name(const std::string& text);

}  // namespace monet::prepare
