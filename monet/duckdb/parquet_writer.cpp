#include "monet/duckdb/parquet_writer.h"

#include "monet/core/error.h"
#include "monet/core/files/mapped_file.h"
#include "monet/duckdb/sql.h"

#include <fmt/ranges.h>

#include <utility>

namespace monet::duckdb {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t kRowsOfPart = 1'000'000;
constexpr const char* kHow = "(FORMAT parquet, COMPRESSION zstd)";

const char* sql_type(ParquetWriter::Kind kind) {
  switch (kind) {
    case ParquetWriter::Kind::text: return "VARCHAR";
    case ParquetWriter::Kind::int32: return "INTEGER";
    case ParquetWriter::Kind::float32: break;
  }
  return "FLOAT";
}

fs::path folder_for_parts(const fs::path& target) {
  return target.parent_path() / fmt::format(".{}.parts", target.filename().string());
}
}  // namespace

ParquetWriter::ParquetWriter(const fs::path& target, std::vector<Field> fields, const std::atomic<bool>& stop)
    : file_(target), folder_(folder_for_parts(target)), database_("writing Parquet", stop), fields_(std::move(fields)) {
  std::string columns;
  for (const Field& field : fields_) {
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", sql_name(field.name), sql_type(field.kind));
  }
  database_.run(fmt::format("CREATE TABLE part ({})", columns));
  std::error_code error;
  fs::remove_all(folder_, error);  // of a process that was killed: `file_` holds the lock
  if (!fs::create_directory(folder_, error)) files::fail_io(folder_, "write", error.value());
  start_part();
}

ParquetWriter::~ParquetWriter() {
  if (appender_ != nullptr) database_.call().appender_destroy(&appender_);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void ParquetWriter::check(c::State state) {
  if (state == c::success) return;
  const char* problem = database_.call().appender_error(appender_);
  fail<IoError>("cannot write Parquet: {}", one_line(problem != nullptr ? problem : "DuckDB does not say why"));
}

void ParquetWriter::start_part() {
  if (database_.call().appender_create(database_.connection(), nullptr, "part", &appender_) != c::success) {
    check(c::error);
  }
}

void ParquetWriter::write_part() {
  check(database_.call().appender_close(appender_));
  database_.call().appender_destroy(&appender_);
  parts_.push_back(sql_text((folder_ / fmt::format("{:06}", parts_.size())).string()));
  database_.run(fmt::format("COPY part TO {} {}", parts_.back(), kHow), "cannot write Parquet");
  database_.run("TRUNCATE part");
  rows_ = 0;
}

void ParquetWriter::add(std::string_view text) {
  check(database_.call().append_varchar_length(appender_, text.data(), text.size()));
}

void ParquetWriter::add(std::int32_t number) {
  check(database_.call().append_int32(appender_, number));
}

void ParquetWriter::add(float number) {
  check(database_.call().append_float(appender_, number));
}

void ParquetWriter::add_nothing() {
  check(database_.call().append_null(appender_));
}

void ParquetWriter::end_row() {
  check(database_.call().appender_end_row(appender_));
  if (++rows_ < kRowsOfPart) return;
  write_part();
  start_part();
}

void ParquetWriter::finish() {
  if (rows_ > 0 || parts_.empty()) {
    write_part();
  } else {
    database_.call().appender_destroy(&appender_);
  }
  fs::path whole = folder_ / fmt::format("{:06}", 0);
  if (parts_.size() > 1) {
    whole = folder_ / "whole";
    database_.run(
        fmt::format("COPY (FROM read_parquet([{}])) TO {} {}", fmt::join(parts_, ", "), sql_text(whole.string()), kHow),
        "cannot write Parquet");
  }
  const files::MappedFile bytes(whole);
  file_.write(bytes.text());
  file_.commit();
}

}  // namespace monet::duckdb
