#pragma once

#include "monet/core/files/io_error.h"
#include "monet/experiments/experiment.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace monet::experiments {

/// What must be the same for an experiment to go on in a folder, by name: {"k", "10,20"}.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// A results directory: a document that tools read, and `runs/`. Held by one process at a time, together with the
/// processes that it started.
class ResultsFolder {
 public:
  /// Makes the folder, or takes up one whose document `name` says `"format": format` and was made with the same data
  /// and settings; with `force`, removes the results of any others. Throws InvalidArgument for a folder that holds
  /// something else, other settings or another dataset, DataError for a damaged document, IoError when it cannot be
  /// written or another process is at work in it.
  ResultsFolder(const std::filesystem::path& path, std::string_view name, std::string_view format,
                const DatasetInfo& dataset, const Settings& settings, bool force);

  const std::filesystem::path& path() const { return path_; }
  /// Whether earlier results were taken up.
  bool resumed() const { return resumed_; }
  /// The descriptor that holds the lock, for the processes to inherit.
  int lock() const { return lock_.get(); }

 private:
  std::filesystem::path path_;
  files::Descriptor lock_;
  bool resumed_ = false;
};

/// The settings that every experiment has.
Settings common_settings(const RunSettings& settings);

}  // namespace monet::experiments
