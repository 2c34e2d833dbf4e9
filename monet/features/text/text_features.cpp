#include "monet/features/text/text_features.h"

#include "monet/core/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace monet::features {

namespace {
/// A TF-IDF row has length 1; of one that keeps less than this, the directions hold nothing but rounding.
constexpr double kNothing = 1e-5;

std::string_view take_part(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

TextField parse_field(std::string_view text) {
  std::string_view rest = text;
  TextField field;
  field.name = take_part(rest, ':');
  bool good = !field.name.empty();
  while (!rest.empty() && good) {
    const std::string_view part = take_part(rest, ':');
    if (part == "labels") {
      field.kind = TextField::Kind::labels;
      continue;
    }
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), field.weight);
    good =
        error == std::errc() && end == part.data() + part.size() && field.weight > 0.0 && std::isfinite(field.weight);
  }
  if (!good) {
    fail<InvalidArgument>("text field '{}' is not NAME, NAME:WEIGHT, NAME:labels or NAME:WEIGHT:labels", text);
  }
  return field;
}
}  // namespace

bool settle_row(std::span<float> row) {
  double squares = 0.0;
  for (const float value : row) squares += static_cast<double>(value) * static_cast<double>(value);
  const double length = std::sqrt(squares);
  if (length < kNothing) {
    std::fill(row.begin(), row.end(), std::numeric_limits<float>::quiet_NaN());
    return false;
  }
  for (float& value : row) value = static_cast<float>(static_cast<double>(value) / length);
  return true;
}

TextFeatures text_features(ThreadPool& pool, const TermMatrix& matrix, const TextOptions& options) {
  const CsrView pattern = matrix.pattern;
  if (pattern.nnz() == 0) {
    fail<DataError>("[text features] none of {} items has a term that is in {} items or more; give other fields",
                    pattern.rows, options.terms.min_items);
  }
  TruncatedSvd svd = truncated_svd(pool, pattern, matrix.weights, options.svd);
  TextFeatures out;
  out.terms = pattern.cols;
  double squares = 0.0;
  for (const float value : svd.singular_values) squares += static_cast<double>(value) * static_cast<double>(value);
  out.kept = std::min(1.0, squares / static_cast<double>(pattern.rows - matrix.empty_items));
  for (Index r = 0; r < pattern.rows; ++r) {
    if (!settle_row(svd.scores.view().row_span(r))) ++out.missing;
  }
  out.rows = std::move(svd.scores);
  out.directions = std::move(svd.directions);
  return out;
}

std::vector<TextField> parse_text_fields(std::string_view text) {
  std::vector<TextField> fields;
  while (!text.empty()) {
    const std::string_view part = take_part(text, ',');
    if (!part.empty()) fields.push_back(parse_field(part));
  }
  if (fields.empty()) fail<InvalidArgument>("no text field is given");
  return fields;
}

}  // namespace monet::features
