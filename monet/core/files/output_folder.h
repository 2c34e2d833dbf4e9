#pragma once

#include "monet/core/files/atomic.h"
#include "monet/core/files/replaceable.h"

#include <filesystem>
#include <vector>

namespace monet::files {

/// The folders that were missing around a path, made; those that are empty when this goes are removed again.
class ParentFolders {
 public:
  /// Throws IoError where a folder cannot be made.
  explicit ParentFolders(const std::filesystem::path& path);
  ParentFolders(const ParentFolders&) = delete;
  ParentFolders& operator=(const ParentFolders&) = delete;
  ~ParentFolders();

 private:
  std::vector<std::filesystem::path> made_;  // the outermost first
};

/// A folder that a command writes as a whole: an AtomicDirectory that replaces nothing but what `require_replaceable`
/// lets it, asked at the start and again before the folders are exchanged. A missing parent folder is made.
class OutputFolder {
 public:
  /// Throws InvalidArgument as `require_replaceable`, IoError as AtomicDirectory.
  explicit OutputFolder(OutputTarget target);

  /// Where to write the files.
  const std::filesystem::path& path() const { return directory_.path(); }
  /// Throws as the constructor, leaving what is there.
  void commit();

 private:
  OutputTarget target_;
  ParentFolders parents_;
  AtomicDirectory directory_;
};

}  // namespace monet::files
