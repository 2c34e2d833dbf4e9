#include "monet/blend/agreement.h"

#include "monet/core/error.h"

#include <string_view>

namespace monet::blend {

namespace {

using artifact::Artifact;

/// The first row whose ids differ, or -1.
Index first_difference(const artifact::IdTable& a, const artifact::IdTable& b) {
  for (std::size_t row = 0; row < a.size(); ++row) {
    if (a.id(static_cast<std::int32_t>(row)) != b.id(static_cast<std::int32_t>(row))) return static_cast<Index>(row);
  }
  return -1;
}

void require_same_ids(const Artifact& first, const Artifact& other, const artifact::IdTable& a,
                      const artifact::IdTable& b, std::string_view what) {
  if (a.size() != b.size()) {
    fail<DataError>("{}: {} {}, but {} has {}; blend artifacts of the same data", other.path().string(), b.size(), what,
                    first.path().string(), a.size());
  }
  const Index row = first_difference(a, b);
  if (row < 0) return;
  const auto at = static_cast<std::int32_t>(row);
  fail<DataError>("{}: row {} of its {} is '{}', of {} '{}'; blend artifacts of the same data", other.path().string(),
                  row, what, b.id(at), first.path().string(), a.id(at));
}

void require_same(const Artifact& first, const Artifact& other) {
  require_same_ids(first, other, first.users(), other.users(), "users");
  require_same_ids(first, other, first.items(), other.items(), "items");
  if (other.config().data_hash != first.config().data_hash) {
    fail<DataError>(
        "{}: trained on other data than {} (hash {}, not {}): other interactions, splits or features; train both on "
        "the same data with the same data options",
        other.path().string(), first.path().string(), other.config().data_hash, first.config().data_hash);
  }
  if (!same_pattern(first.scoring().history, other.scoring().history)) {
    fail<DataError>("{}: another history than {}, though of the same data; train it again", other.path().string(),
                    first.path().string());
  }
}

}  // namespace

void require_agreement(std::span<const Artifact> parts) {
  if (parts.size() < 2 || parts.size() > scoring::kMostParts) {
    fail<InvalidArgument>("[blend] {} artifacts; a blend is of 2 to {}", parts.size(), scoring::kMostParts);
  }
  for (const Artifact& part : parts) {
    if (part.config().kind != scoring::ScoreKind::blend) continue;
    fail<DataError>("{}: is a blend itself; blend artifacts that were trained, e.g. its own in {}",
                    part.path().string(), (part.path() / "parts").string());
  }
  for (const Artifact& part : parts.subspan(1)) require_same(parts.front(), part);
}

scoring::Scoring blended(std::span<const Artifact> parts, std::span<const double> weights, scoring::BlendBy by) {
  if (weights.size() != parts.size()) {
    fail<InvalidArgument>("[blend] {} `weights` for {} artifacts; give one for each", weights.size(), parts.size());
  }
  scoring::Scoring blend;
  blend.kind = scoring::ScoreKind::blend;
  for (const Artifact& part : parts) blend.parts.push_back(part.scoring());
  blend.history = blend.parts.front().history;
  blend.item_popularity = blend.parts.front().item_popularity;
  blend.weights.assign(weights.begin(), weights.end());
  blend.blend_by = by;
  return blend;
}

}  // namespace monet::blend
