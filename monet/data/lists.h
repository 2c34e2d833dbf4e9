#pragma once

#include "monet/data/interactions.h"
#include "monet/data/split_files.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace monet::data {

/// Whether a text is lists as LightGCN has them: on each line the row number of a user, then those of her
/// items, separated by blanks; a user may have none. Told from its first lines: whole numbers only, and not the same
/// count of three or more on every line, which is a table without separators.
bool looks_like_lists(std::string_view text);

/// Reads lists and appends their pairs to `out`. Throws DataError with file and line: something that is no row number.
void parse_lists(std::string_view text, const std::string& file, Part part, Interactions& out);

/// Reads `train.txt`, `test.txt` and, where it is there, `valid.txt`; without it, validation is drawn from training
/// (`draw_validation`), and a note says so. Throws IoError, DataError.
Interactions read_lists(const SplitFiles& files, std::uint64_t seed);

}  // namespace monet::data
