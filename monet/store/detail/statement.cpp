#include "monet/store/detail/statement.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <algorithm>

namespace monet::store::detail {

std::string placeholders(std::size_t rows, std::size_t columns) {
  std::string text;
  for (std::size_t cell = 0; cell < rows * columns; ++cell) {
    const bool is_first = cell % columns == 0;
    if (is_first) text += cell == 0 ? "(" : "),(";
    text += fmt::format("{}${}", is_first ? "" : ",", cell + 1);
  }
  return text + ")";
}

void insert_rows(Connection& connection, const std::string& begin, const std::string& end, std::size_t columns,
                 std::span<const Value> values) {
  const std::size_t most = connection.rows_per_statement() * columns;
  while (!values.empty()) {
    const auto part = values.first(std::min(most, values.size()));
    connection.change(fmt::format("{} VALUES {}{}", begin, placeholders(part.size() / columns, columns), end), part);
    values = values.subspan(part.size());
  }
}

Rows query_by_keys(Connection& connection, const std::string& question, std::span<const Value> keys) {
  Rows all;
  while (!keys.empty()) {
    const auto part = keys.first(std::min(connection.rows_per_statement(), keys.size()));
    for (Row& row : connection.query(question + placeholders(1, part.size()), part)) all.push_back(std::move(row));
    keys = keys.subspan(part.size());
  }
  return all;
}

std::string folded(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  if (U_SUCCESS(status)) {
    const icu::StringPiece piece(text.data(), static_cast<std::int32_t>(text.size()));
    normalizer->normalizeUTF8(0, piece, sink, nullptr, status);
  }
  if (U_FAILURE(status)) fail<InternalError>("[store] ICU cannot fold case: {}", u_errorName(status));
  return out;
}

std::string escaped_for_like(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') out += '!';
    out += c;
  }
  return out;
}

}  // namespace monet::store::detail
