#pragma once

#include <filesystem>

namespace monet::cli {

/// Whether a file is one that this program writes by itself: recommendations and similar items (table, TSV, JSON lines,
/// Parquet), metrics (JSON, one line a user), analyses, a report. Told from its beginning; of Parquet, from the names
/// of its columns. False for what cannot be read. Reads at most 64 KB.
bool is_own_file(const std::filesystem::path& file);

}  // namespace monet::cli
