#pragma once

#include "monet/core/view.h"
#include "monet/duckdb/database.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace monet::duckdb {

/// The type of a column.
struct Type {
  c::TypeId id = c::TypeId::null;
  std::vector<Type> parts;         // of a list or array: its element; of a struct: its fields
  std::vector<std::string> names;  // of a struct's fields

  bool is_list() const { return id == c::TypeId::list || id == c::TypeId::array; }
  bool is_whole() const;    // an integer of at most 64 bits
  bool is_number() const;   // any number but a truth value
  bool is_instant() const;  // a date, or a date with a time
};
/// "BIGINT", "LIST of DOUBLE", …: for messages.
std::string describe(const Type& type);

struct Column {
  std::string name;
  Type type;
};

/// The values of one column in a chunk, or the elements of its lists. Valid until the chunk is left.
class Values {
 public:
  Values(const c::Functions& call, c::Vector vector)
      : call_(&call), vector_(vector), data_(call.vector_get_data(vector)), valid_(call.vector_get_validity(vector)) {}

  /// False for NULL.
  bool has(std::size_t at) const { return valid_ == nullptr || (valid_[at / 64] >> (at % 64) & 1) != 0; }
  /// The value as it lies there; `T` fits the column's type.
  template <class T>
  const T& as(std::size_t at) const {
    return static_cast<const T*>(data_)[at];
  }
  std::string_view text(std::size_t at) const {
    const c::Text& text = as<c::Text>(at);
    if (text.length <= sizeof(text.inside)) return {text.inside, text.length};
    const char* bytes = nullptr;
    std::memcpy(&bytes, text.inside + c::Text::kAddressAt, sizeof(bytes));
    return {bytes, text.length};
  }
  /// The elements of a column of lists, all lists one after the other: `as<c::ListEntry>` says which are whose.
  Values elements() const { return {*call_, call_->list_vector_get_child(vector_)}; }

 private:
  const c::Functions* call_;
  c::Vector vector_;
  const void* data_;
  const std::uint64_t* valid_;
};

/// The rows that a statement yields, one chunk (2,048 at most) in memory at a time where the statement itself needs no
/// more.
class Rows {
 public:
  /// Starts the statement. `place` begins the messages. Throws DataError with DuckDB's message, Interrupted.
  Rows(Database& database, const std::string& sql, std::string place);
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  const std::vector<Column>& columns() const { return columns_; }
  /// Goes to the next chunk; false at the end. Throws as the constructor.
  bool next();
  /// Rows of the chunk.
  std::size_t size() const { return size_; }
  Values values(std::size_t column) const;

 private:
  void release();

  Database& database_;
  std::string place_;
  c::Statement statement_ = nullptr;
  c::Pending pending_ = nullptr;
  c::Result result_;
  c::Chunk chunk_ = nullptr;
  std::size_t size_ = 0;
  std::vector<Column> columns_;
};

/// The columns of what stands behind FROM, without reading its rows. Throws as `Rows`.
std::vector<Column> columns_of(Database& database, const std::string& from, const std::string& place);

/// Makes the view `name` of a query. Throws DataError when it is not exactly one statement that only reads (SELECT,
/// FROM, WITH, VALUES), when it has parameters, and with DuckDB's message.
void make_view(Database& database, const std::string& name, const std::string& query, const std::string& place);

}  // namespace monet::duckdb
