#include "monet/data/missing_rows.h"

#include "monet/core/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace monet::data {

namespace {
bool all_finite(const float* row, Index cols) {
  constexpr std::uint32_t kExponent = 0x7f800000U;
  std::uint32_t bad = 0;
  for (Index c = 0; c < cols; ++c) bad |= (std::bit_cast<std::uint32_t>(row[c]) & kExponent) == kExponent ? 1U : 0U;
  return bad == 0;
}
}  // namespace

void check_feature_shape(Index rows, Index cols, Index num_items, const std::string& file) {
  if (rows != num_items) {
    fail<DataError>("{}: {} rows for {} items; every item needs a row (all NaN where its features are missing)", file,
                    rows, num_items);
  }
  if (cols == 0) fail<DataError>("{}: the rows are empty; expected [items, width]", file);
}

std::vector<Index> find_missing_rows(MatrixView<const float> features, Index first, const std::string& file) {
  std::vector<Index> missing;
  for (Index r = 0; r < features.rows; ++r) {
    const float* row = features.row(r);
    if (all_finite(row, features.cols)) continue;
    const float* end = row + features.cols;
    if (std::all_of(row, end, [](float x) { return std::isnan(x); })) {
      missing.push_back(r);
      continue;
    }
    const auto column = std::find_if(row, end, [](float x) { return !std::isfinite(x); }) - row;
    fail<DataError>("{}: row {}, column {} is {}; features must be finite (a row that is all NaN counts as missing)",
                    file, first + r, column, std::isnan(row[column]) ? "NaN" : "infinite or beyond float32");
  }
  return missing;
}

void check_missing_rows(Index missing, Index first_missing, Index rows, MissingRows policy, const std::string& file) {
  if (missing == 0) return;
  if (policy == MissingRows::error) {
    fail<DataError>("{}: row {} is missing (all NaN), {} in all; give `missing mean` or zero to fill them", file,
                    first_missing, missing);
  }
  if (missing == rows) fail<DataError>("{}: every row is missing (all NaN)", file);
}

void add_rows_to(std::span<double> sums, MatrixView<const float> features, std::span<const Index> missing) {
  auto next = missing.begin();
  for (Index r = 0; r < features.rows; ++r) {
    if (next != missing.end() && *next == r) {
      ++next;
      continue;
    }
    const float* row = features.row(r);
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(row[c]);
  }
}

std::vector<float> filler_of(std::span<const double> sums, Index rows, MissingRows policy) {
  std::vector<float> filler(sums.size(), 0.0F);
  if (policy != MissingRows::mean) return filler;
  for (std::size_t c = 0; c < sums.size(); ++c) filler[c] = static_cast<float>(sums[c] / static_cast<double>(rows));
  return filler;
}

}  // namespace monet::data
