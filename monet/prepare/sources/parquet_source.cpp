#include "monet/prepare/sources/parquet_source.h"

#include "monet/data/interactions.h"
#include "monet/duckdb/parquet_files.h"
#include "monet/prepare/sources/source_files.h"

#include <algorithm>
#include <optional>

namespace monet::prepare {

namespace fs = std::filesystem;

namespace {
/// The part that a file's name says: `train-00000-of-00003`, `valid`, `test_1`.
std::optional<data::Part> part_of_name(const fs::path& file) {
  const std::string stem = plain_stem(file);
  const std::string word = stem.substr(0, stem.find_first_of("-_."));
  if (word == "train" || word == "training") return data::Part::train;
  if (word == "valid" || word == "validation" || word == "val" || word == "dev") return data::Part::validation;
  if (word == "test") return data::Part::test;
  return std::nullopt;
}
}  // namespace

bool is_parquet_place(const fs::path& path) {
  return duckdb::is_parquet(path) || duckdb::is_table_folder(path) || duckdb::is_parquet_pattern(path);
}

void use_parquet(const fs::path& place, Source& source) {
  source.format = Format::parquet;
  source.interactions = duckdb::parquet_table(place).files;
  const auto catalogues = [](const fs::path& file) { return is_catalogue_name(file); };
  if (!std::all_of(source.interactions.begin(), source.interactions.end(), catalogues)) {
    std::erase_if(source.interactions, catalogues);
  }
  const auto is_part = [](data::Part part) {
    return [part](const fs::path& file) { return part_of_name(file) == part; };
  };
  const std::vector<fs::path>& files = source.interactions;
  const bool split =
      std::all_of(files.begin(), files.end(), [](const fs::path& f) { return part_of_name(f).has_value(); }) &&
      std::any_of(files.begin(), files.end(), is_part(data::Part::train)) &&
      std::any_of(files.begin(), files.end(), is_part(data::Part::test));
  if (!split) return;
  for (const fs::path& file : files) source.parts.push_back(static_cast<int>(*part_of_name(file)));
}

}  // namespace monet::prepare
