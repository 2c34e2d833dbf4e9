#include "monet/experiments/folder_kinds.h"

#include "monet/artifact/folder_kind.h"
#include "monet/experiments/paper/plan.h"
#include "monet/experiments/sharing/share.h"
#include "monet/experiments/sharing/work_folder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace monet::experiments {

namespace fs = std::filesystem;

namespace {
constexpr const char* kLock = "lock";
constexpr std::size_t kHeadBytes = 4096;

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// What a run leaves below `folder` ("runs/*/").
std::vector<std::string> run_patterns(const std::string& folder) {
  std::vector<std::string> patterns = artifact::artifact_patterns(folder + "model/");
  for (const char* name :
       {"run.json", "train.task.json", "val.task.json", "test.task.json", "val.json", "test.json", "users.tsv",
        "val-users.tsv", "blend.json", "blend.task.json", "avg_diff.json", "[0-9]-*.out", "[0-9]-*.err",
        "model.partial/lock", "model.partial/checkpoint.safetensors", "model.partial/best-*.safetensors"}) {
    patterns.push_back(folder + name);
  }
  return patterns;
}

/// What those who share a folder keep below `folder`, with documents on their way to it.
std::vector<std::string> shared_patterns(const std::string& folder) {
  const std::string shared = folder + sharing::kFolder + "/";
  std::vector<std::string> patterns = run_patterns(shared + "work/*/");
  for (const char* name : {"members/*", "claims/*", "written/*/*", "written/*/csv/*"}) {
    patterns.push_back(shared + name);
  }
  return patterns;
}

std::vector<std::string> comparison_patterns(const std::string& folder) {
  std::vector<std::string> patterns;
  for (const char* name :
       {kLock, "comparison.json", "comparison.md", "comparison.csv", "comparison.tex", "report.html"}) {
    patterns.push_back(folder + name);
  }
  append(patterns, run_patterns(folder + "runs/*/"));
  append(patterns, run_patterns(folder + "trials/*/*/"));
  append(patterns, shared_patterns(folder));
  return patterns;
}

std::vector<std::string> sweep_patterns() {
  std::vector<std::string> patterns{kLock, "sweep.json", "sweep.md", "sweep.csv", "best.toml", "report.html"};
  append(patterns, run_patterns("runs/*/"));
  append(patterns, shared_patterns(""));
  return patterns;
}

std::vector<std::string> auto_patterns() {
  std::vector<std::string> patterns{kLock, "auto.json", "auto.md", "auto.html", "report.html"};
  append(patterns, artifact::blend_patterns("model/"));
  append(patterns, artifact::blend_patterns("runs/blend/model/"));
  append(patterns, run_patterns("runs/*/"));
  return patterns;
}

/// Its comparisons lie in folders named after the datasets.
std::vector<std::string> reproduction_patterns(const fs::path& folder) {
  std::vector<std::string> patterns{"reproduction.json", "reproduction.md", "report.html"};
  append(patterns, shared_patterns(""));
  for (const std::string& id : paper::all_ids()) patterns.push_back("csv/" + id + "*.csv");
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory() || !comparison_folder().recognise(entry.path())) continue;
    append(patterns, comparison_patterns(files::escaped_pattern(entry.path().filename().string()) + "/"));
  }
  return patterns;
}

/// Whether those who share a folder have made it and not yet all of their documents.
bool is_shared_from_now(const fs::path& folder, const std::string& document) {
  if (!sharing::is_shared_folder(folder / sharing::kFolder)) return false;
  const std::string stem = fs::path(document).stem().string() + '.';
  return std::all_of(fs::directory_iterator(folder), fs::directory_iterator(), [&](const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    return name == kLock || name == sharing::kFolder || name == "csv" || name.starts_with(stem);
  });
}

/// Whether nothing but the lock and an unfinished document lies in a folder that an experiment has made.
bool is_barely_begun(const fs::path& folder, const std::string& document) {
  if (!fs::exists(folder / kLock)) return false;
  return std::all_of(fs::directory_iterator(folder), fs::directory_iterator(), [&](const fs::directory_entry& entry) {
    const fs::path name = entry.path().filename();
    return (name == kLock && entry.is_regular_file() && entry.file_size() == 0) || name == "." + document + ".tmp";
  });
}

/// A folder whose document begins with the format, whole or not.
files::FolderKind kind_of(const std::string& document, const std::string& format,
                          const std::function<std::vector<std::string>(const fs::path&)>& patterns) {
  return {document, [=](const fs::path& folder) -> files::Owns {
            if (is_barely_begun(folder, document)) return files::owns_matching({kLock, document});
            if (!fs::exists(folder / document) && is_shared_from_now(folder, document)) {
              return files::owns_matching(patterns(folder));
            }
            if (!files::begins_with_text(folder / document, '"' + format + '"', kHeadBytes)) return {};
            return artifact::with_own_reports(folder, files::owns_matching(patterns(folder)));
          }};
}
}  // namespace

const files::FolderKind& comparison_folder() {
  static const files::FolderKind kind = kind_of("comparison.json", "monet-comparison",
                                                [](const fs::path& /*folder*/) { return comparison_patterns(""); });
  return kind;
}

const files::FolderKind& sweep_folder() {
  static const files::FolderKind kind =
      kind_of("sweep.json", "monet-sweep", [](const fs::path& /*folder*/) { return sweep_patterns(); });
  return kind;
}

const files::FolderKind& auto_folder() {
  static const files::FolderKind kind =
      kind_of("auto.json", "monet-auto", [](const fs::path& /*folder*/) { return auto_patterns(); });
  return kind;
}

const files::FolderKind& reproduction_folder() {
  static const files::FolderKind kind = kind_of("reproduction.json", "monet-reproduction", reproduction_patterns);
  return kind;
}

}  // namespace monet::experiments
