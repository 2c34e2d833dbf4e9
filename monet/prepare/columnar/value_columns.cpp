#include "monet/prepare/columnar/value_columns.h"

#include "monet/core/error.h"
#include "monet/data/text.h"
#include "monet/input/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace monet::prepare {

namespace {
using duckdb::c::TypeId;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

std::optional<double> number_in(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Of a sample: whether most can be read.
template <class Reads>
bool mostly(const std::vector<std::string>& sample, const Reads& reads) {
  const auto good = std::count_if(sample.begin(), sample.end(), reads);
  return 2 * static_cast<std::size_t>(good) >= sample.size();
}

/// A column that holds something else: refused where it was named, else left out with a note.
void decline(const Field& field, const char* role, const std::string& holds, bool named, const RowTable& table,
             std::string& note) {
  if (named) {
    fail<DataError>("{}: the column '{}' holds {}, which is no {}; name another with `{}-column`, or none", table.place,
                    field.name, holds, role, role);
  }
  note = fmt::format("the column '{}' holds {} and is not taken for the {}; name the right one with `{}-column`",
                     field.name, holds, role, role);
}

std::string example(const std::vector<std::string>& sample) {
  return fmt::format("texts such as '{}'", data::excerpt(sample.front()));
}
}  // namespace

std::optional<RatingColumn> RatingColumn::of(const Field& field, bool named, const RowTable& table, std::string& note) {
  if (field.type.id == TypeId::float32) return RatingColumn(field.sql, TypeId::float32);
  if (field.type.is_number() || field.type.id == TypeId::null) {
    return RatingColumn(fmt::format("CAST({} AS DOUBLE)", field.sql), TypeId::float64);
  }
  if (field.type.id != TypeId::text) {
    decline(field, "rating", duckdb::describe(field.type), named, table, note);
    return std::nullopt;
  }
  const std::vector<std::string> sample = sample_of(table, field.sql);
  if (!mostly(sample, [](const std::string& text) {
        const std::string_view trimmed = input::trimmed(text);
        return trimmed.empty() || number_in(trimmed).has_value();
      })) {
    decline(field, "rating", example(sample), named, table, note);
    return std::nullopt;
  }
  return RatingColumn(field.sql, TypeId::text);
}

double RatingColumn::read(const duckdb::Values& values, std::size_t at) const {
  if (!values.has(at)) return kNothing;
  double rating = 0.0;
  if (type_ == TypeId::text) {
    const std::string_view text = input::trimmed(values.text(at));
    if (text.empty()) return kNothing;
    const auto number = number_in(text);
    if (!number) {
      fail<DataError>("the rating '{}' is no finite number; correct it, or leave it empty", data::excerpt(text));
    }
    rating = *number;
  } else {
    rating = is_single() ? static_cast<double>(values.as<float>(at)) : values.as<double>(at);
    if (std::isnan(rating)) return kNothing;  // as pandas writes what is missing
  }
  if (!(std::abs(rating) <= static_cast<double>(std::numeric_limits<float>::max()))) {
    fail<DataError>("the rating {} is no finite number; correct it, or leave it empty", rating);
  }
  return rating;
}

std::optional<TimeColumn> TimeColumn::of(const Field& field, bool named, const RowTable& table, std::string& note) {
  if (field.type.is_instant()) return TimeColumn(field.sql, field.type.id, {});
  const bool is_number = field.type.is_number() || field.type.id == TypeId::null;
  if (!is_number && field.type.id != TypeId::text) {
    decline(field, "time", duckdb::describe(field.type), named, table, note);
    return std::nullopt;
  }
  const std::vector<std::string> sample =
      sample_of(table, field.type.is_whole() ? field.sql
                       : is_number           ? fmt::format("CAST(trunc(CAST({} AS DOUBLE)) AS HUGEINT)", field.sql)
                                             : field.sql);
  const data::TimeStyle style = data::time_style(sample);
  if (is_number) return TimeColumn(fmt::format("CAST({} AS DOUBLE)", field.sql), TypeId::float64, style);
  if (!mostly(sample, [&](const std::string& text) {
        return input::trimmed(text).empty() || data::parse_time(input::trimmed(text), style).has_value();
      })) {
    decline(field, "time", example(sample), named, table, note);
    return std::nullopt;
  }
  return TimeColumn(field.sql, TypeId::text, style);
}

double TimeColumn::read(const duckdb::Values& values, std::size_t at) const {
  if (!values.has(at)) return kNothing;
  const auto instant = [&](double per_second) {
    const std::int64_t count = values.as<std::int64_t>(at);
    constexpr std::int64_t kInfinite = std::numeric_limits<std::int64_t>::max();
    if (count == kInfinite || count == -kInfinite)
      fail<DataError>("the time is infinite; correct it, or leave it empty");
    return static_cast<double>(count) / per_second;
  };
  switch (type_) {
    case TypeId::timestamp_s: return instant(1.0);
    case TypeId::timestamp_ms: return instant(1e3);
    case TypeId::timestamp:
    case TypeId::timestamp_tz: return instant(1e6);
    case TypeId::timestamp_ns: return instant(1e9);
    case TypeId::date: {
      constexpr double kSecondsOfDay = 86'400.0;
      const std::int32_t days = values.as<std::int32_t>(at);
      constexpr std::int32_t kInfinite = std::numeric_limits<std::int32_t>::max();
      if (days == kInfinite || days == -kInfinite)
        fail<DataError>("the time is infinite; correct it, or leave it empty");
      return kSecondsOfDay * days;
    }
    case TypeId::text: {
      const std::string_view text = input::trimmed(values.text(at));
      if (text.empty()) return kNothing;
      if (const auto time = data::parse_time(text, style_)) return *time;
      fail<DataError>("the time '{}' {}", data::excerpt(text), data::time_problem(text, style_));
    }
    default: break;
  }
  const double number = values.as<double>(at);
  if (std::isnan(number)) return kNothing;
  if (!style_.fits(number) || !std::isfinite(number)) {
    fail<DataError>("the time {} is of another size than the others; are there two units in one column?", number);
  }
  if (style_.numbers == data::TimeStyle::Numbers::unix_time) return number / style_.per_second;
  const std::string digits = fmt::format("{:.0f}", number);
  if (const auto time = data::parse_time(digits, style_)) return *time;
  fail<DataError>("the time '{}' {}", digits, data::time_problem(digits, style_));
}

std::string TimeColumn::unit() const {
  return type_ == TypeId::float64 || type_ == TypeId::text ? data::describe(style_) : std::string();
}

}  // namespace monet::prepare
