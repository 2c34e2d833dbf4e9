#pragma once

#include "monet/artifact/artifact.h"
#include "monet/rank/explain.h"
#include "cli/output.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace monet::cli {

enum class Format { table, tsv, jsonl };

/// One recommended item.
struct Recommended {
  std::int32_t item = 0;
  float score = 0.0F;
  std::optional<rank::Explanation> explanation;
};

/// What one user is given, best first.
struct Recommendations {
  std::optional<std::int32_t> user;  // none: a user never seen in training
  Index history = 0;                 // past items
  bool popular = false;              // got popularity for want of a history
  std::vector<Recommended> items;
};

/// One user's recommendations as text: lines `user⇥rank⇥item⇥score` (tsv, no header), one JSON object with `user`,
/// `fallback` and `items` (jsonl), or a readable table with titles where they are known. A user never seen is "new"
/// (null in JSON).
std::string render(const Recommendations& recommendations, const artifact::Artifact& artifact, Format format);

}  // namespace monet::cli
