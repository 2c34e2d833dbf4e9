#pragma once

#include "monet/core/files/atomic.h"
#include "monet/duckdb/database.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace monet::duckdb {

/// Writes a table as a Parquet file (Zstandard) that appears whole or not at all. Memory holds a million rows: before
/// that many the rows lie in hidden parts beside the file, which become one at the end.
class ParquetWriter {
 public:
  enum class Kind { text, int32, float32 };
  struct Field {
    std::string name;
    Kind kind;
  };

  /// Throws IoError when the folder cannot be written, DataError where DuckDB is not here.
  ParquetWriter(const std::filesystem::path& target, std::vector<Field> fields, const std::atomic<bool>& stop);
  ParquetWriter(const ParquetWriter&) = delete;
  ParquetWriter& operator=(const ParquetWriter&) = delete;
  ~ParquetWriter();

  // One row: a call for each field in order, then `end_row`. Throw IoError.
  void add(std::string_view text);
  void add(std::int32_t number);
  void add(float number);
  void add_nothing();
  void end_row();

  /// Puts the file in its place, synced. Throws IoError, Interrupted; what was there stays.
  void finish();

 private:
  void check(c::State state);
  void start_part();
  void write_part();

  files::AtomicFile file_;
  std::filesystem::path folder_;  // of the parts
  Database database_;
  std::vector<Field> fields_;
  c::Appender appender_ = nullptr;
  std::vector<std::string> parts_;
  std::size_t rows_ = 0;
};

}  // namespace monet::duckdb
