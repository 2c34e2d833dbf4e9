#pragma once

#include "monet/data/interaction_table.h"
#include "monet/data/load.h"

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monet::data {

/// Whether a file is called so, compressed or not.
bool has_extension(const std::filesystem::path& path, std::initializer_list<std::string_view> extensions);

/// The files of a folder that may be interactions and are called so, sorted.
std::vector<std::filesystem::path> tables_in(const std::filesystem::path& folder,
                                             std::initializer_list<std::string_view> extensions);

/// The only one, or the one named like its folder. Throws DataError.
std::filesystem::path choose_table(const std::filesystem::path& folder,
                                   const std::vector<std::filesystem::path>& candidates);

/// Whether an `.inter` file is MMRec's, whose ids are row numbers, and not RecBole's, whose columns have types.
bool is_mmrec(const std::filesystem::path& path, char separator);

/// The one file of interactions that `load` reads as MMRec's; nothing where it reads something else. Throws as `load`,
/// though not always the same.
std::optional<std::filesystem::path> find_mmrec(const std::filesystem::path& path, const LoadOptions& options);

/// How tables are read whose ids are names, or, of MMRec, row numbers.
TableOptions table_options(const LoadOptions& options, bool mmrec);

/// What a dataset that lies there is called.
std::string name_of(const std::filesystem::path& path);

}  // namespace monet::data
