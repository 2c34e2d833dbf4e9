#pragma once

#include "monet/artifact/artifact.h"
#include "monet/recommend/result.h"
#include "monet/scoring/scoring.h"

#include <string>

namespace monet::recommend {

enum class Format { table, tsv, jsonl };

/// What a table says beside the answers.
struct Source {
  std::string model;
  scoring::ScoreKind kind = scoring::ScoreKind::dot;
  bool has_titles = false;
};
Source source_of(const artifact::Artifact& artifact);

/// One user's recommendations as text: lines `user⇥rank⇥item⇥score` (tsv, no header), one JSON object with `user`,
/// `fallback` and `items` (jsonl), or a readable table with titles where they are known. A user never seen is "new"
/// (null in JSON).
std::string render(const Recommendations& recommendations, const Source& source, Format format);

/// What is near one item as text: lines `item⇥rank⇥similar item⇥similarity` (tsv, no header), one JSON object with
/// `item`, `by` and `items` (jsonl), or a readable table.
std::string render(const SimilarItems& similar, const Source& source, Format format);

}  // namespace monet::recommend
