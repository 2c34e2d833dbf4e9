#pragma once

#include "monet/core/files/replaceable.h"
#include "monet/store/store.h"

#include <atomic>
#include <filesystem>
#include <string>

namespace monet::store {

struct ExportOptions {
  std::filesystem::path out;
  bool force = false;   // replace what an export wrote
  std::string program;  // name and version, for export.json
};

/// Writes a folder that `prepare` reads: interactions.csv (user_id,item_id,timestamp,event,weight; the oldest first),
/// items.csv (item_id,title,description,categories,price,image,available,hidden,added,updated,attributes; categories
/// are a JSON list), users.csv where there are profiles, and export.json. Features are not written. The folder appears
/// as a whole; the store may be in use: what is appended meanwhile is left out. Says how much was written. Throws
/// InvalidArgument as `require_replaceable`, IoError; Interrupted when `stop` becomes true.
Counts export_store(Store& store, const ExportOptions& options, const std::atomic<bool>& stop);

/// What `export_store` writes: known by its export.json.
const files::FolderKind& exported_folder();
/// Whether a folder has one.
bool is_exported(const std::filesystem::path& folder);

}  // namespace monet::store
