#pragma once

#include "monet/core/files/replaceable.h"

#include <filesystem>
#include <string>
#include <vector>

namespace monet::artifact {

/// An artifact, known by its config.json; of a blend with its parts. Its files are the program's own also where they
/// are damaged: training again is then the remedy.
const files::FolderKind& artifact_folder();

/// The names of its files as patterns, below `folder` ("", "runs/*/model/").
std::vector<std::string> artifact_patterns(const std::string& folder);
/// The same of what may be a blend: with the files of its parts.
std::vector<std::string> blend_patterns(const std::string& folder);

/// `owns`, of which an HTML file is only the program's where it begins as a page that `report` writes.
files::Owns with_own_reports(const std::filesystem::path& folder, files::Owns owns);

/// Whether a file begins as a page that `report` writes; false for what cannot be read.
bool is_report_page(const std::filesystem::path& file);

}  // namespace monet::artifact
