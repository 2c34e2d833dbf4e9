#pragma once

#include "monet/core/view.h"
#include "monet/data/features.h"

#include <span>
#include <string>
#include <vector>

namespace monet::data {

// The steps of `settle_rows`, for whoever has a part of the rows. `file` is for messages.

/// Throws DataError where a file's rows are not those of `num_items` items, or hold nothing.
void check_feature_shape(Index rows, Index cols, Index num_items, const std::string& file);

/// The rows that are all NaN, ascending, counted from the first that is there. Throws DataError with row and column for
/// any other NaN or infinity. `first`: the number of the first row in the file. O(size).
std::vector<Index> find_missing_rows(MatrixView<const float> features, Index first, const std::string& file);

/// Throws DataError where `policy` or reason forbids that so many of all rows are missing, `first_missing` before the
/// others.
void check_missing_rows(Index missing, Index first_missing, Index rows, MissingRows policy, const std::string& file);

/// Adds the rows that are there to the sums of the columns, one after the other.
void add_rows_to(std::span<double> sums, MatrixView<const float> features, std::span<const Index> missing);

/// What missing rows are filled with, of the sums of `rows` that are there.
std::vector<float> filler_of(std::span<const double> sums, Index rows, MissingRows policy);

}  // namespace monet::data
