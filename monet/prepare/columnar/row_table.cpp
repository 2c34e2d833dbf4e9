#include "monet/prepare/columnar/row_table.h"

#include "monet/core/error.h"
#include "monet/duckdb/parquet_files.h"
#include "monet/duckdb/sql.h"

#include <fmt/ranges.h>

namespace monet::prepare {

namespace {
/// Rows of a Parquet file, as its end says.
Index rows_of(const RowTable& table) {
  duckdb::Rows rows(table.database,
                    "SELECT num_rows::BIGINT FROM parquet_file_metadata(" + duckdb::sql_text(table.file.string()) + ")",
                    table.place);
  return rows.next() ? static_cast<Index>(rows.values(0).as<std::int64_t>(0)) : 0;
}
}  // namespace

RowTable table_of_file(duckdb::Database& database, const std::filesystem::path& file) {
  return {database, duckdb::scan_of(file), file.string(), file};
}

RowTable table_of_query(duckdb::Database& database, const std::string& query, const std::string& option) {
  const std::string place = "`" + option + "`";
  duckdb::make_view(database, option, query, place);
  return {database, duckdb::sql_name(option), place};
}

std::vector<std::string> sample_of(const RowTable& table, const std::string& expression) {
  duckdb::Rows rows(
      table.database,
      fmt::format("SELECT CAST(value AS VARCHAR) FROM (SELECT {} AS value FROM {}) WHERE value IS NOT NULL "
                  "LIMIT 1000",
                  expression, table.from),
      table.place);
  std::vector<std::string> sample;
  while (rows.next()) {
    const duckdb::Values values = rows.values(0);
    for (std::size_t row = 0; row < rows.size(); ++row) sample.emplace_back(values.text(row));
  }
  return sample;
}

RowWalk::RowWalk(const RowTable& table, const std::vector<std::string>& expressions, input::Observer& observer)
    : place_(table.place),
      total_(table.file.empty() ? 0 : rows_of(table)),
      rows_(table.database, fmt::format("SELECT {} FROM {}", fmt::join(expressions, ", "), table.from), table.place),
      observer_(observer),
      name_(table.file.filename().string()) {
  if (!table.file.empty()) bytes_ = static_cast<Index>(std::filesystem::file_size(table.file));
}

bool RowWalk::next() {
  before_ += static_cast<Index>(rows_.size());
  const bool more = rows_.next();
  if (total_ > 0) observer_.on_bytes(name_, more ? bytes_ * before_ / total_ : bytes_, bytes_);
  return more;
}

}  // namespace monet::prepare
