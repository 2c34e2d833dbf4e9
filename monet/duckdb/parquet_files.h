#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace monet::duckdb {

/// Whether a file begins as Parquet does, whatever its name. False where it cannot be read.
bool is_parquet(const std::filesystem::path& path);

/// A table that lies in one or more Parquet files.
struct ParquetTable {
  std::filesystem::path place;               // the file, folder or pattern
  std::vector<std::filesystem::path> files;  // sorted
};

/// Whether a folder is one table, as Spark, pandas, Dask and data warehouses write it: it holds parts
/// (`part-00000….parquet`, `data_0.parquet`, `000000000000.parquet`, …), or folders `key=value` with them. Names that
/// begin with '_' or '.' are no data.
bool is_table_folder(const std::filesystem::path& folder);

/// The table at a path: a file, a folder of parts with all below it, or a pattern with `*`, `?` or `[…]` in its names.
/// Throws DataError: nothing there is Parquet, a file among the parts is not, a Delta or Iceberg table (whose old files
/// lie among the valid ones).
ParquetTable parquet_table(const std::filesystem::path& place);

/// Whether a path that does not exist is a pattern for Parquet files.
bool is_parquet_pattern(const std::filesystem::path& path);

/// What reads one of the files, to follow FROM. Values in `key=value` folders are columns of text.
std::string scan_of(const std::filesystem::path& file);

}  // namespace monet::duckdb
