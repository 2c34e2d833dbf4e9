#pragma once

#include "monet/core/files/replaceable.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace monet::files {

/// Bytes and content hash of a file.
struct WrittenFile {
  std::int64_t bytes = 0;
  std::string hash;
};
/// The files of a folder by name.
using WrittenFiles = std::map<std::string, WrittenFile>;

/// The files that lie in a folder now, folders in it left out. O(bytes), at several GB/s. Throws IoError.
WrittenFiles files_written_to(const std::filesystem::path& folder);
/// {"items.csv": {"bytes": 12, "xxh64": "…"}, …}, as JSON.
std::string to_json(const WrittenFiles& files);

/// A document that the program leaves in a folder that it wrote.
struct FolderRecord {
  std::string text;                   // JSON, whole
  std::optional<WrittenFiles> files;  // of its key `written`; documents of earlier versions have none
};
/// Reads it; nothing for what is not there, no JSON object, or, where `format` is given, of another `format`.
std::optional<FolderRecord> read_folder_record(const std::filesystem::path& file, const std::string& format = {});

/// Owns the record and each file that is still as it was written: same length, same hash.
Owns owns_unchanged(const std::filesystem::path& folder, const std::string& record, WrittenFiles files);

}  // namespace monet::files
