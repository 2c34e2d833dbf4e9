#pragma once

#include "monet/duckdb/rows.h"
#include "monet/input/bad_lines.h"
#include "monet/input/observer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace monet::prepare {

/// A table that DuckDB reads: one Parquet file, or a query.
struct RowTable {
  duckdb::Database& database;
  std::string from;                 // what stands behind FROM
  std::string place;                // the file, or "`query`": for messages
  std::filesystem::path file = {};  // empty: a query

  /// Its columns, without reading rows. Throws DataError with the place.
  std::vector<duckdb::Column> columns() const { return duckdb::columns_of(database, from, place); }
};

/// The table in a Parquet file.
RowTable table_of_file(duckdb::Database& database, const std::filesystem::path& file);
/// The table that a query yields; `option` is the one that gave it. Throws DataError with DuckDB's message in one line.
RowTable table_of_query(duckdb::Database& database, const std::string& query, const std::string& option);

/// At most 1,000 values of an expression, as text.
std::vector<std::string> sample_of(const RowTable& table, const std::string& expression);

/// Goes through the rows of a table and tells the observer how far it has come.
class RowWalk {
 public:
  /// Reads these expressions of each row.
  RowWalk(const RowTable& table, const std::vector<std::string>& expressions, input::Observer& observer);

  /// Calls `read(row in the chunk)` for each row of the current chunk. A DataError gets the row's place ("FILE: row N",
  /// from 1), or is counted.
  template <class Read>
  void each(input::BadLines& bad_lines, Read&& read) {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      bad_lines.guard_row(place_, before_ + static_cast<Index>(row) + 1, [&] { read(row); });
    }
  }
  /// Goes to the next chunk; false at the end.
  bool next();
  duckdb::Values values(std::size_t expression) const { return rows_.values(expression); }
  const duckdb::Type& type(std::size_t expression) const { return rows_.columns()[expression].type; }
  std::size_t size() const { return rows_.size(); }

 private:
  std::string place_;
  Index total_;  // rows, where they are known; asked before the statement of `rows_` starts: a connection has one
  duckdb::Rows rows_;
  input::Observer& observer_;
  std::string name_;  // of the file, for the observer
  Index bytes_ = 0;
  Index before_ = 0;  // rows of the chunks before
};

}  // namespace monet::prepare
