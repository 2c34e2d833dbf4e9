#include "monet/artifact/folder_kind.h"

#include "monet/artifact/artifact.h"
#include "monet/artifact/tensor_names.h"

#include <utility>

namespace monet::artifact {

namespace fs = std::filesystem;

namespace {
constexpr std::string_view kReport = "report.html";

files::Owns owns_artifact(const fs::path& folder) {
  if (!Artifact::is_artifact(folder)) return {};
  const bool blend = files::begins_with_text(folder / names::kConfigFile, R"("kind": "blend")");
  return with_own_reports(folder, files::owns_matching(blend ? blend_patterns("") : artifact_patterns("")));
}
}  // namespace

std::vector<std::string> artifact_patterns(const std::string& folder) {
  std::vector<std::string> patterns;
  for (const std::string_view name :
       {names::kConfigFile, names::kModelFile, names::kUsersFile, names::kItemsFile, names::kLogFile, kReport}) {
    patterns.push_back(folder + std::string(name));
  }
  return patterns;
}

std::vector<std::string> blend_patterns(const std::string& folder) {
  std::vector<std::string> patterns = artifact_patterns(folder);
  for (std::size_t m = 0; m < scoring::kMostParts; ++m) {
    const std::vector<std::string> of_part = artifact_patterns(folder + names::part_folder(m) + "/");
    patterns.insert(patterns.end(), of_part.begin(), of_part.end());
  }
  return patterns;
}

files::Owns with_own_reports(const fs::path& folder, files::Owns owns) {
  return [folder, owns = std::move(owns)](const std::string& entry) {
    if (!owns(entry)) return false;
    if (fs::path(entry).extension() != ".html" || !fs::exists(folder / entry)) return true;
    return is_report_page(folder / entry);
  };
}

bool is_report_page(const fs::path& file) {
  // As every page has begun so far.
  return files::begins_with_text(file,
                                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                                 "style-src 'unsafe-inline'; script-src 'nonce-");
}

const files::FolderKind& artifact_folder() {
  static const files::FolderKind kind{std::string(names::kConfigFile), owns_artifact};
  return kind;
}

}  // namespace monet::artifact
