#include "monet/duckdb/rows.h"

#include "monet/core/error.h"
#include "monet/duckdb/sql.h"

#include <utility>

namespace monet::duckdb {

namespace {
using c::TypeId;

/// Takes the type over and gives it back.
Type read_type(const c::Functions& call, c::LogicalType logical) {
  Type type;
  type.id = call.get_type_id(logical);
  if (type.id == TypeId::list) type.parts.push_back(read_type(call, call.list_type_child_type(logical)));
  if (type.id == TypeId::array) type.parts.push_back(read_type(call, call.array_type_child_type(logical)));
  if (type.id == TypeId::structure) {
    const std::uint64_t count = call.struct_type_child_count(logical);
    for (std::uint64_t field = 0; field < count; ++field) {
      char* name = call.struct_type_child_name(logical, field);
      type.names.emplace_back(name);
      call.free(name);
      type.parts.push_back(read_type(call, call.struct_type_child_type(logical, field)));
    }
  }
  call.destroy_logical_type(&logical);
  return type;
}

const char* name_of(TypeId id) {
  switch (id) {
    case TypeId::boolean: return "BOOLEAN";
    case TypeId::int8: return "TINYINT";
    case TypeId::int16: return "SMALLINT";
    case TypeId::int32: return "INTEGER";
    case TypeId::int64: return "BIGINT";
    case TypeId::uint8: return "UTINYINT";
    case TypeId::uint16: return "USMALLINT";
    case TypeId::uint32: return "UINTEGER";
    case TypeId::uint64: return "UBIGINT";
    case TypeId::float32: return "FLOAT";
    case TypeId::float64: return "DOUBLE";
    case TypeId::timestamp: return "TIMESTAMP";
    case TypeId::date: return "DATE";
    case TypeId::int128: return "HUGEINT";
    case TypeId::text: return "VARCHAR";
    case TypeId::blob: return "BLOB";
    case TypeId::decimal: return "DECIMAL";
    case TypeId::timestamp_s: return "TIMESTAMP_S";
    case TypeId::timestamp_ms: return "TIMESTAMP_MS";
    case TypeId::timestamp_ns: return "TIMESTAMP_NS";
    case TypeId::enumeration: return "ENUM";
    case TypeId::list: return "LIST";
    case TypeId::structure: return "STRUCT";
    case TypeId::uuid: return "UUID";
    case TypeId::timestamp_tz: return "TIMESTAMP WITH TIME ZONE";
    case TypeId::uint128: return "UHUGEINT";
    case TypeId::array: return "ARRAY";
    case TypeId::null: return "NULL";
  }
  return "another type";
}
}  // namespace

bool Type::is_whole() const {
  return id >= TypeId::int8 && id <= TypeId::uint64;
}

bool Type::is_number() const {
  return (id >= TypeId::int8 && id <= TypeId::float64) || id == TypeId::int128 || id == TypeId::uint128 ||
         id == TypeId::decimal;
}

bool Type::is_instant() const {
  return id == TypeId::timestamp || id == TypeId::date || id == TypeId::timestamp_s || id == TypeId::timestamp_ms ||
         id == TypeId::timestamp_ns || id == TypeId::timestamp_tz;
}

std::string describe(const Type& type) {
  if (type.is_list()) return fmt::format("{} of {}", name_of(type.id), describe(type.parts.front()));
  if (type.id != TypeId::structure) return name_of(type.id);
  std::string text = "STRUCT of ";
  for (std::size_t field = 0; field < type.names.size(); ++field) text += (field > 0 ? ", " : "") + type.names[field];
  return text;
}

Rows::Rows(Database& database, const std::string& sql, std::string place)
    : database_(database), place_(std::move(place)) {
  const c::Functions& call = database_.call();
  try {
    if (call.prepare(database_.connection(), sql.c_str(), &statement_) != c::success) {
      database_.refuse(call.prepare_error(statement_), place_);
    }
    if (call.pending_prepared_streaming(statement_, &pending_) != c::success) {
      database_.refuse(call.pending_error(pending_), place_);
    }
    if (call.execute_pending(pending_, &result_) != c::success) database_.refuse(call.result_error(&result_), place_);
    const std::uint64_t count = call.column_count(&result_);
    for (std::uint64_t column = 0; column < count; ++column) {
      columns_.push_back(
          {call.column_name(&result_, column), read_type(call, call.column_logical_type(&result_, column))});
    }
  } catch (...) {
    release();
    throw;
  }
}

Rows::~Rows() {
  release();
}

void Rows::release() {
  const c::Functions& call = database_.call();
  if (chunk_ != nullptr) call.destroy_data_chunk(&chunk_);
  call.destroy_result(&result_);
  if (pending_ != nullptr) call.destroy_pending(&pending_);
  if (statement_ != nullptr) call.destroy_prepare(&statement_);
}

bool Rows::next() {
  const c::Functions& call = database_.call();
  do {
    if (chunk_ != nullptr) call.destroy_data_chunk(&chunk_);
    chunk_ = call.fetch_chunk(result_);
    if (chunk_ == nullptr) {
      const char* problem = call.result_error(&result_);
      if (problem != nullptr && *problem != '\0') database_.refuse(problem, place_);
      return false;
    }
    size_ = call.data_chunk_get_size(chunk_);
  } while (size_ == 0);
  return true;
}

Values Rows::values(std::size_t column) const {
  return {database_.call(), database_.call().data_chunk_get_vector(chunk_, column)};
}

std::vector<Column> columns_of(Database& database, const std::string& from, const std::string& place) {
  return Rows(database, "SELECT * FROM " + from + " LIMIT 0", place).columns();
}

void make_view(Database& database, const std::string& name, const std::string& query, const std::string& place) {
  const c::Functions& call = database.call();
  c::Extracted extracted = nullptr;
  const std::uint64_t count = call.extract_statements(database.connection(), query.c_str(), &extracted);
  std::string problem;
  if (const char* text = count == 0 ? call.extract_statements_error(extracted) : nullptr; text != nullptr)
    problem = text;
  c::Statement statement = nullptr;
  std::string unprepared;
  int kind = 0;
  std::uint64_t parameters = 0;
  if (count == 1) {
    if (call.prepare_extracted_statement(database.connection(), extracted, 0, &statement) != c::success) {
      unprepared = call.prepare_error(statement);
    } else {
      kind = call.prepared_statement_type(statement);
      parameters = call.nparams(statement);
    }
    call.destroy_prepare(&statement);
  }
  call.destroy_extracted(&extracted);
  if (count == 0)
    database.refuse(problem.empty() ? "there is no statement; expected one SELECT" : problem.c_str(), place);
  if (count > 1) fail<DataError>("{}: {} statements; expected one SELECT", place, count);
  if (!unprepared.empty()) database.refuse(unprepared.c_str(), place);
  if (kind != c::kSelectStatement) fail<DataError>("{}: it does not only read; expected one SELECT", place);
  if (parameters > 0) fail<DataError>("{}: it has parameters ('?', '$1'); write the values into it", place);
  database.run("CREATE OR REPLACE TEMP VIEW " + sql_name(name) + " AS " + query, place);
}

}  // namespace monet::duckdb
