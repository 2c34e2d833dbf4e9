#pragma once

#include "monet/core/files/written_files.h"
#include "monet/prepare/interaction_set.h"
#include "monet/prepare/items/feature_writer.h"
#include "monet/prepare/options.h"
#include "monet/prepare/prepare.h"

#include <string>
#include <utility>
#include <vector>

namespace monet::prepare {

/// A file that was read.
struct SourceFile {
  std::string role;  // "interactions", "catalogue", "features image", …
  std::string name;  // without its folder
  Index bytes = 0;
  std::string hash;         // of the bytes on the disk
  std::string reader = {};  // the library that read it, and its version; then `name` without bytes is a query
};

/// A modality that was written.
struct FeatureReport {
  std::string name;
  std::string origin;  // the file, or what made it
  Coverage coverage;
  std::vector<std::pair<std::string, std::string>> choices;
};

/// Everything that prepare.json says beside the options.
struct Report {
  PrepareResult result;
  SplitRule split = SplitRule::random;
  std::string split_note;
  Index interactions_read = 0;
  Index below_min_rating = 0;
  std::string event_column;  // empty: the source tells no kinds
  std::vector<EventKinds::Kind> kinds;
  Index bad_lines = 0;
  Index catalogue_entries = 0;
  Cleaning cleaning;
  std::vector<SourceFile> files;
  std::vector<FeatureReport> features;
  files::WrittenFiles written;  // the dataset's, as they lie in its folder
};

/// The name of the manifest in a dataset's folder.
inline constexpr const char* kManifest = "prepare.json";

/// The text of prepare.json: no times, no paths, so that equal inputs give equal bytes.
std::string manifest_text(const PrepareOptions& options, const Report& report);

/// What `prepare` writes: known by prepare.json, which lists the files. One of a version that did not list them names
/// the dataset and its features, from which their names follow. Random
/// features that `synth` added count as its own too.
const files::FolderKind& prepared_folder();

}  // namespace monet::prepare
