#pragma once

#include "monet/artifact/artifact.h"

#include <string>
#include <vector>

namespace monet::cli {

/// The items to rank for each user.
struct CandidateLists {
  std::vector<std::string> users;  // in the order of their first line
  std::vector<std::vector<std::string>> items;
};

/// Reads lines `user⇥item`, in any order, by the ids of `artifact`. Throws DataError naming file and line for a line of
/// another shape or an unknown id, and when there is no line.
CandidateLists read_candidates(const std::string& file, const artifact::Artifact& artifact);

}  // namespace monet::cli
