#pragma once

#include "monet/core/files/io_error.h"
#include "monet/core/files/output_folder.h"
#include "monet/experiments/experiment.h"

#include <nlohmann/json_fwd.hpp>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace monet::experiments {

namespace sharing {
class Share;
}

/// Throws InvalidArgument where an experiment may not write to `options.out` (require_replaceable): it holds something
/// else, or `force` is given and not all in it is what an experiment of this kind writes. For who wants to know before
/// the data is read.
void check_output(const ExperimentOptions& options, const files::FolderKind& kind,
                  std::vector<std::filesystem::path> sources);

/// A results directory: a document that tools read, and `runs/`. Held by one process at a time, together with the
/// processes that it started, or by all those that share it (`options.shared`).
class ResultsFolder {
 public:
  /// Makes the folder (and those around it), or takes up one whose document says `"format": format` and was made with
  /// the same data and settings; with `force`, removes the results of any others. Throws InvalidArgument as
  /// `check_output`, and for other settings or another dataset, DataError for a damaged document, IoError when it
  /// cannot be written or another process is at work in it. `agreed` is what those who share it must have in common
  /// beside data and settings; of one with other options InvalidArgument is thrown. Interrupted when `should_stop`
  /// turns true while it waits to see whether another process is alive.
  ResultsFolder(const ExperimentOptions& options, const files::FolderKind& kind, std::string_view format,
                const DatasetInfo& dataset, const Settings& settings, const Settings& agreed,
                const std::atomic<bool>& should_stop);
  ResultsFolder(const ResultsFolder&) = delete;
  ResultsFolder& operator=(const ResultsFolder&) = delete;
  /// A folder that was made, and got nothing, goes again.
  ~ResultsFolder();

  const std::filesystem::path& path() const { return path_; }
  /// Whether earlier results were taken up.
  bool resumed() const { return resumed_; }
  /// The descriptor that holds the lock, for the processes to inherit.
  int lock() const { return lock_.get(); }
  /// Null for one process alone.
  sharing::Share* share() const { return share_.get(); }
  /// Has the documents written to a folder: this one, or one from which they come here whole (sharing::Share::write).
  void write(const std::function<void(const std::filesystem::path& folder)>& write) const;

 private:
  std::filesystem::path path_;
  std::string document_;
  files::ParentFolders parents_;
  files::Descriptor lock_;
  std::unique_ptr<sharing::Share> share_;
  bool made_ = false;
  bool resumed_ = false;
};

/// Throws InvalidArgument unless the document `file` (as it was parsed) was made with these settings; one that either
/// side lacks is "". Throws as the JSON library for another shape.
void require_same_settings(const std::filesystem::path& file, const nlohmann::ordered_json& document,
                           const Settings& settings);

/// What those who share a folder must have in common: settings, dataset, and more.
std::map<std::string, std::string> terms_of(Settings settings, const Settings& agreed, const DatasetInfo& dataset);

/// The settings that every experiment has.
Settings common_settings(const RunSettings& settings);

}  // namespace monet::experiments
