#pragma once

#include "monet/core/error.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace monet::store::detail {

/// Bytes that are no text.
struct Blob {
  std::string bytes;
};

/// A parameter of a statement, or a cell of its result. `monostate`: NULL.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;
using Row = std::vector<Value>;
using Rows = std::vector<Row>;

/// The connection broke before anything was committed: the same with a new one may do.
class ConnectionLost : public IoError {
 public:
  using IoError::IoError;
};

/// One connection to a database, for one thread at a time: the little that both understand. Parameters are written $1,
/// $2, … Errors are those of `Store`.
class Connection {
 public:
  virtual ~Connection() = default;

  /// The rows of a statement; none for one that is no question.
  virtual Rows query(const std::string& sql, std::span<const Value> parameters) = 0;
  /// How many rows a statement changed.
  virtual std::int64_t change(const std::string& sql, std::span<const Value> parameters) = 0;

  /// A transaction that writes. Without `commit` its changes go with `rollback`, which throws nothing.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;

  /// Overwrites what was deleted, and says whether it is gone from the disk.
  virtual bool scrub() = 0;
  /// How many rows one statement should carry: as many as spare a way to the server, or one.
  virtual std::size_t rows_per_statement() const = 0;
  /// What makes others wait for the rows that a question of a transaction finds.
  virtual std::string_view lock_rows() const = 0;

  Rows query(const std::string& sql) { return query(sql, {}); }
  std::int64_t change(const std::string& sql) { return change(sql, {}); }
};

using Connect = std::function<std::unique_ptr<Connection>()>;

// Cells of a row. Another type than the table's is our own mistake: std::bad_variant_access.
inline bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}
inline std::int64_t integer_of(const Value& value) {
  return std::get<std::int64_t>(value);
}
inline double real_of(const Value& value) {
  return std::get<double>(value);
}
inline std::string& text_of(Value& value) {
  return std::get<std::string>(value);
}

/// A number of rows as LIMIT takes it.
inline Value limit_of(std::size_t limit) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(limit, kMost));
}

}  // namespace monet::store::detail
