#pragma once

#include <cstddef>
#include <cstdint>

/// What monet uses of DuckDB's C interface (its documentation: "C API"), declared here so that building needs nothing
/// of DuckDB. Every function is there under the same name since version 1.2.
namespace monet::duckdb::c {

// Handles. Each is one pointer; its destroying function takes the pointer's address.
struct DatabaseObject;
struct ConnectionObject;
struct ConfigObject;
struct StatementObject;
struct ExtractedObject;
struct PendingObject;
struct ChunkObject;
struct VectorObject;
struct TypeObject;
struct AppenderObject;
using Database = DatabaseObject*;
using Connection = ConnectionObject*;
using Config = ConfigObject*;
using Statement = StatementObject*;
using Extracted = ExtractedObject*;
using Pending = PendingObject*;
using Chunk = ChunkObject*;
using Vector = VectorObject*;
using LogicalType = TypeObject*;
using Appender = AppenderObject*;

enum State : int { success = 0, error = 1 };

/// Passed by value; only DuckDB looks inside.
struct Result {
  std::uint64_t opaque_counts[3] = {};
  void* opaque_pointers[3] = {};
};

/// A text in a vector: up to 12 bytes lie inside; of longer ones the address does, after four bytes.
struct Text {
  static constexpr std::size_t kAddressAt = 4;
  std::uint32_t length;
  char inside[12];
};
static_assert(sizeof(Text) == 16);

/// A list in a vector: a range of the child vector.
struct ListEntry {
  std::uint64_t offset;
  std::uint64_t length;
};

enum class TypeId : int {
  boolean = 1,
  int8 = 2,
  int16 = 3,
  int32 = 4,
  int64 = 5,
  uint8 = 6,
  uint16 = 7,
  uint32 = 8,
  uint64 = 9,
  float32 = 10,
  float64 = 11,
  timestamp = 12,  // microseconds
  date = 13,       // days, int32
  int128 = 16,
  text = 17,
  blob = 18,
  decimal = 19,
  timestamp_s = 20,
  timestamp_ms = 21,
  timestamp_ns = 22,
  enumeration = 23,
  list = 24,
  structure = 25,
  uuid = 27,
  timestamp_tz = 31,  // microseconds of UTC
  uint128 = 32,
  array = 33,
  null = 36,
};

/// A statement that only reads rows.
inline constexpr int kSelectStatement = 1;

/// Each function, as a list: X(result, name, parameters).
#define MONET_DUCKDB_FUNCTIONS(X)                                                                  \
  X(const char*, library_version, ())                                                              \
  X(State, create_config, (Config*))                                                               \
  X(State, set_config, (Config, const char* name, const char* value))                              \
  X(void, destroy_config, (Config*))                                                               \
  X(State, open_ext, (const char* path, Database*, Config, char** error))                          \
  X(void, close, (Database*))                                                                      \
  X(State, connect, (Database, Connection*))                                                       \
  X(void, disconnect, (Connection*))                                                               \
  X(void, interrupt, (Connection))                                                                 \
  X(void, free, (void*))                                                                           \
  X(State, query, (Connection, const char* sql, Result*))                                          \
  X(const char*, result_error, (Result*))                                                          \
  X(void, destroy_result, (Result*))                                                               \
  X(std::uint64_t, extract_statements, (Connection, const char* sql, Extracted*))                  \
  X(const char*, extract_statements_error, (Extracted))                                            \
  X(State, prepare_extracted_statement, (Connection, Extracted, std::uint64_t number, Statement*)) \
  X(void, destroy_extracted, (Extracted*))                                                         \
  X(State, prepare, (Connection, const char* sql, Statement*))                                     \
  X(const char*, prepare_error, (Statement))                                                       \
  X(int, prepared_statement_type, (Statement))                                                     \
  X(std::uint64_t, nparams, (Statement))                                                           \
  X(void, destroy_prepare, (Statement*))                                                           \
  X(State, pending_prepared_streaming, (Statement, Pending*))                                      \
  X(const char*, pending_error, (Pending))                                                         \
  X(State, execute_pending, (Pending, Result*))                                                    \
  X(void, destroy_pending, (Pending*))                                                             \
  X(std::uint64_t, column_count, (Result*))                                                        \
  X(const char*, column_name, (Result*, std::uint64_t column))                                     \
  X(LogicalType, column_logical_type, (Result*, std::uint64_t column))                             \
  X(Chunk, fetch_chunk, (Result))                                                                  \
  X(std::uint64_t, data_chunk_get_size, (Chunk))                                                   \
  X(Vector, data_chunk_get_vector, (Chunk, std::uint64_t column))                                  \
  X(void, destroy_data_chunk, (Chunk*))                                                            \
  X(void*, vector_get_data, (Vector))                                                              \
  X(std::uint64_t*, vector_get_validity, (Vector))                                                 \
  X(Vector, list_vector_get_child, (Vector))                                                       \
  X(TypeId, get_type_id, (LogicalType))                                                            \
  X(LogicalType, list_type_child_type, (LogicalType))                                              \
  X(LogicalType, array_type_child_type, (LogicalType))                                             \
  X(std::uint64_t, struct_type_child_count, (LogicalType))                                         \
  X(char*, struct_type_child_name, (LogicalType, std::uint64_t))                                   \
  X(LogicalType, struct_type_child_type, (LogicalType, std::uint64_t))                             \
  X(void, destroy_logical_type, (LogicalType*))                                                    \
  X(State, appender_create, (Connection, const char* schema, const char* table, Appender*))        \
  X(const char*, appender_error, (Appender))                                                       \
  X(State, appender_end_row, (Appender))                                                           \
  X(State, appender_close, (Appender))                                                             \
  X(State, appender_destroy, (Appender*))                                                          \
  X(State, append_null, (Appender))                                                                \
  X(State, append_int32, (Appender, std::int32_t))                                                 \
  X(State, append_float, (Appender, float))                                                        \
  X(State, append_double, (Appender, double))                                                      \
  X(State, append_varchar_length, (Appender, const char* text, std::uint64_t length))

/// The functions, once they are found in the library.
struct Functions {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a type and a list of parameters
#define MONET_DUCKDB_MEMBER(result, name, parameters) result(*name) parameters = nullptr;
  MONET_DUCKDB_FUNCTIONS(MONET_DUCKDB_MEMBER)
#undef MONET_DUCKDB_MEMBER
};

}  // namespace monet::duckdb::c
