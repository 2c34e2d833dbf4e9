#pragma once

#include "monet/input/file_name.h"

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace monet::prepare {

using input::content_extension;
using input::plain_stem;

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words);

/// The files of a folder that are not hidden, and the folders in it that are one Parquet table each; by name.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

/// Whether a file is called as a table or as records are, or is a folder.
bool is_table_or_records(const std::filesystem::path& path);

/// Whether a file has an extension of compression or an archive alone, `items.zip`, so that its name does not say what
/// is in it.
bool is_called_as_compressed(const std::filesystem::path& path);

/// Whether a file is called as catalogues are: `items.csv`, `meta_Toys.json.gz`.
bool is_catalogue_name(const std::filesystem::path& path);

/// The first lines of a file that are not blank, at most `count` of them, decompressed.
std::vector<std::string> first_lines(const std::filesystem::path& path, std::size_t count);

/// The beginning of a file, decompressed: 64 KiB, or all of it.
std::string first_bytes(const std::filesystem::path& path);

}  // namespace monet::prepare
