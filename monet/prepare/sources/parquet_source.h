#pragma once

#include "monet/prepare/sources/source.h"

#include <filesystem>

namespace monet::prepare {

/// Whether a path is a Parquet file, a folder of Parquet files that are one table, or a pattern for such.
bool is_parquet_place(const std::filesystem::path& path);

/// Makes the Parquet table at `place` the interactions of the source: its files, with the parts where they are called
/// train…, valid…, test…. Files called like a catalogue are not among them. Throws as `duckdb::parquet_table`.
void use_parquet(const std::filesystem::path& place, Source& source);

}  // namespace monet::prepare
