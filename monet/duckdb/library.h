#pragma once

#include "monet/duckdb/c_api.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace monet::duckdb {

/// DuckDB's shared library, which is optional: it is looked for when it is first needed.
struct Library {
  c::Functions call;
  std::string version;         // "v1.5.6"
  std::filesystem::path file;  // as it was opened
};

/// Where it is looked for, in this order: the file that the environment variable MONET_DUCKDB names (then nowhere
/// else; empty: nowhere at all), beside the program, in `../lib/monet` from there, where scripts/install-deps.sh puts
/// it in the tree that the program was built from, and wherever the loader finds libduckdb.so.
std::vector<std::filesystem::path> library_places();

/// The library, loaded once for the process; null where there is none. Throws DataError when MONET_DUCKDB names
/// something else, or when one is found that is too old.
const Library* find_library();

/// The same, but its absence is a DataError that begins with `what` and tells how to get it.
const Library& require_library(std::string_view what);

}  // namespace monet::duckdb
