#pragma once

#include "monet/candidates/exactness.h"
#include "monet/core/view.h"
#include "monet/scoring/scoring.h"

#include <optional>
#include <string>
#include <vector>

namespace monet::recommend {

/// A part of a score: its value, and that over the score (0 for a score of 0).
struct Part {
  double value = 0.0;
  double share = 0.0;
};

/// The part of one modality.
struct ModalityPart {
  std::string name;
  Part part;
};

/// A past item that drove a recommendation.
struct Driver {
  std::string item;
  std::string title;    // "" when unknown
  double weight = 0.0;  // its attention, or its share of the summed similarities
};

struct BlendedPart;

/// Where a score comes from (rank/explain.h). That of a blend is the sum of its parts', and `general` all of it.
struct Explanation {
  Part general;
  Part target;
  std::vector<Driver> drivers;           // heaviest first
  std::vector<ModalityPart> modalities;  // empty when the model's fusion mixes them
  std::vector<BlendedPart> parts;        // of a blend
};

/// What a part of a blend adds to a score.
struct BlendedPart {
  std::string model;
  scoring::ScoreKind kind = scoring::ScoreKind::dot;
  double weight = 0.0;
  Part part;            // weight times its own score as standardised (scoring::BlendBy)
  float score = 0.0F;   // its own
  Explanation because;  // of its own score
};

/// One item of a list, best first.
struct ScoredItem {
  std::string item;
  std::string title;  // "" when unknown
  float score = 0.0F;
  std::optional<Explanation> explanation;
};

/// What one user is given.
struct Recommendations {
  std::optional<std::string> user;  // none: a user never seen in training
  Index history = 0;                // past items
  bool popular = false;             // got popularity, which then is the score, for want of a history
  std::vector<ScoredItem> items;
  candidates::Exactness exactness = candidates::Exactness::scanned;
};

/// What is near one item.
struct SimilarItems {
  std::string item;
  std::string title;  // "" when unknown
  std::string by;     // "fused", "model" or a modality
  std::vector<ScoredItem> items;
};

}  // namespace monet::recommend
