#pragma once

#include "monet/data/interactions.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace monet::data {

/// Reads one split of the 5-core layout: a JSON object from a user id (a string of digits) to an array of item ids.
/// Appends its pairs to `out`. Throws DataError with line and column: broken JSON, a user that occurs twice, an id that
/// is negative, not whole or absurd. About 300 MB/s.
void parse_five_core(std::string_view text, const std::string& file, Part part, Interactions& out);

/// Reads `train.json`, `val.json` and `test.json` of `folder`. Throws IoError, DataError.
Interactions read_five_core(const std::filesystem::path& folder);

}  // namespace monet::data
