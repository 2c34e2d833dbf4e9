#pragma once

#include "monet/data/time.h"
#include "monet/prepare/columnar/column_sql.h"
#include "monet/prepare/columnar/row_table.h"

#include <optional>
#include <string>

namespace monet::prepare {

/// A column of ratings, read as it is typed: numbers as they are, texts as numbers.
class RatingColumn {
 public:
  /// Nothing for a column that was only guessed from its name and holds no ratings: a note says so. Throws DataError
  /// for one that was named.
  static std::optional<RatingColumn> of(const Field& field, bool named, const RowTable& table, std::string& note);

  const std::string& sql() const { return sql_; }
  /// Whether values have the precision of float32.
  bool is_single() const { return type_ == duckdb::c::TypeId::float32; }
  /// The rating; NaN where there is none. Throws DataError, without a place, for one that is no finite float32.
  double read(const duckdb::Values& values, std::size_t at) const;

 private:
  RatingColumn(std::string sql, duckdb::c::TypeId type) : sql_(std::move(sql)), type_(type) {}
  std::string sql_;
  duckdb::c::TypeId type_;
};

/// A column of times: dates and instants, numbers in the unit that a sample tells, texts as people write them.
class TimeColumn {
 public:
  /// As `RatingColumn::of`.
  static std::optional<TimeColumn> of(const Field& field, bool named, const RowTable& table, std::string& note);

  const std::string& sql() const { return sql_; }
  /// Seconds since 1970; NaN where there is none. Throws DataError, without a place.
  double read(const duckdb::Values& values, std::size_t at) const;
  /// What is to be said of the unit; empty: nothing.
  std::string unit() const;

 private:
  TimeColumn(std::string sql, duckdb::c::TypeId type, data::TimeStyle style)
      : sql_(std::move(sql)), type_(type), style_(style) {}
  std::string sql_;
  duckdb::c::TypeId type_;  // float64: numbers
  data::TimeStyle style_;
};

}  // namespace monet::prepare
