#pragma once

#include "monet/report/page.h"

#include <filesystem>

namespace monet::artifact {
class Artifact;
}

namespace monet::report {

class Document;

/// The page about what lies at `path`: a trained artifact, a directory written by auto, compare, sweep or reproduce,
/// or a JSON file of one of them or of analyze. Reads every value with checks. Throws IoError (missing, unreadable) or
/// DataError (nothing of ours, damaged, of another version) with file, place and remedy.
Page read_page(const std::filesystem::path& path);

// The pages of each kind.
Page artifact_page(const artifact::Artifact& artifact);
Page auto_page(const Document& document);
Page comparison_page(const Document& document);
Page sweep_page(const Document& document);
Page reproduction_page(const Document& document);
Page similarity_page(const Document& document);
Page average_difference_page(const Document& document);

}  // namespace monet::report
