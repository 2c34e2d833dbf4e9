#include "monet/duckdb/library.h"

#include "monet/core/error.h"

#include <dlfcn.h>

#include <cstdlib>
#include <mutex>
#include <optional>

namespace monet::duckdb {

namespace fs = std::filesystem;

namespace {
constexpr const char* kFileName = "libduckdb.so";

fs::path program_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path();
}

/// Finds every function in the library; throws DataError for one that lacks some.
void find_functions(void* handle, Library& library) {
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
    if (function != nullptr) return;
    fail<DataError>("{}: no DuckDB that monet can use, {} is not in it; expected version 1.2 or newer",
                    library.file.string(), name);
  };
#define MONET_DUCKDB_FIND(result, name, parameters) find(library.call.name, "duckdb_" #name);
  MONET_DUCKDB_FUNCTIONS(MONET_DUCKDB_FIND)
#undef MONET_DUCKDB_FIND
  library.version = library.call.library_version();
}

std::optional<Library> load() {
  const bool named = std::getenv("MONET_DUCKDB") != nullptr;
  for (const fs::path& place : library_places()) {
    void* handle = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      const char* reason = ::dlerror();
      if (!named) continue;
      fail<DataError>("the environment variable MONET_DUCKDB names no library that can be loaded: {}",
                      reason != nullptr ? reason : place.string());
    }
    Library library;
    library.file = place;
    find_functions(handle, library);
    return library;
  }
  return std::nullopt;
}
}  // namespace

std::vector<fs::path> library_places() {
  std::vector<fs::path> places;
  if (const char* named = std::getenv("MONET_DUCKDB"); named != nullptr) {
    if (*named != '\0') places.emplace_back(named);
    return places;
  }
  if (const fs::path folder = program_folder(); !folder.empty()) {
    places.push_back(folder / kFileName);
    places.push_back(folder.parent_path() / "lib" / "monet" / kFileName);
  }
  places.emplace_back(MONET_DUCKDB_BUILD_FILE);
  places.emplace_back(kFileName);
  return places;
}

const Library* find_library() {
  static std::mutex mutex;
  static std::optional<Library> library;
  const std::lock_guard lock(mutex);
  if (!library) library = load();
  return library ? &*library : nullptr;
}

const Library& require_library(std::string_view what) {
  if (const Library* library = find_library()) return *library;
  fail<DataError>(
      "{} needs DuckDB, which is not here: run scripts/install-deps.sh parquet, or name its libduckdb.so in the "
      "environment variable MONET_DUCKDB",
      what);
}

}  // namespace monet::duckdb
