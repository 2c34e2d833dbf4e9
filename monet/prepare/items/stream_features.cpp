#include "monet/data/columns.h"
#include "monet/data/text.h"
#include "monet/input/table_reader.h"
#include "monet/prepare/items/given_features.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

namespace monet::prepare {

namespace {
static_assert(std::endian::native == std::endian::little, "the floats are taken as they lie in the file");

/// Reads on until `target` is full or the stream ends; returns how many bytes came.
std::size_t read_full(input::ByteStream& stream, std::span<char> target) {
  std::size_t got = 0;
  while (got < target.size()) {
    const std::size_t count = stream.read(target.subspan(got));
    if (count == 0) break;
    got += count;
  }
  return got;
}

void parse_numbers(std::string_view text, std::vector<float>& values) {
  values.clear();
  const char* at = text.data();
  const char* end = at + text.size();
  while (at != end) {
    if (*at == ' ') {
      ++at;
      continue;
    }
    float value = 0.0F;
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc() || (stop != end && *stop != ' ')) {
      fail<DataError>("'{}' is no sequence of numbers separated by spaces",
                      data::excerpt(std::string_view(at, static_cast<std::size_t>(end - at))));
    }
    values.push_back(value);
    at = stop;
  }
}
}  // namespace

void read_amazon_features(input::ByteStream& stream, const std::string& file, FeatureTarget& target) {
  constexpr std::size_t kIdBytes = 10;
  constexpr std::size_t kWidth = 4096;
  std::vector<char> record(kIdBytes + kWidth * sizeof(float));
  std::vector<float> values(kWidth);
  for (Index number = 0;; ++number) {
    const std::size_t got = read_full(stream, record);
    if (got == 0) return;
    if (got < record.size()) {
      fail<DataError>("{}: the last record, number {}, has {} bytes of {}; the file is cut off, fetch it again", file,
                      number, got, record.size());
    }
    const std::string_view id(record.data(), kIdBytes);
    if (!std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) {
      fail<DataError>(
          "{}: record {} does not begin with an item id of ten characters; expected Amazon's image features", file,
          number);
    }
    std::memcpy(values.data(), record.data() + kIdBytes, kWidth * sizeof(float));
    try {
      target.take(id, values);
    } catch (const DataError& error) {
      fail<DataError>("{}: record {}: {}", file, number, error.what());
    }
  }
}

void read_float_sequence(input::LineReader& lines, const std::string& column, FeatureTarget& target) {
  input::TableReader table(lines, '\0', true);
  input::BadLines none(false);
  const int id = data::column_of(table, data::ColumnRole::item, {});
  if (id < 0) fail<DataError>("{}: no column of item ids in the header; expected item_id:token", table.where());
  const int place = data::column_of(table, data::ColumnRole::item, column);
  std::vector<float> values;
  while (table.next(none)) {
    none.guard_at(table.lines(), table.line(), [&] {
      parse_numbers(table.field(static_cast<std::size_t>(place)), values);
      if (!values.empty()) target.take(table.field(static_cast<std::size_t>(id)), values);
    });
  }
}

}  // namespace monet::prepare
