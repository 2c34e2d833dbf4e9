#pragma once

#include "monet/artifact/artifact.h"

#include <span>

namespace monet::blend {

/// Throws DataError, saying what differs, unless the artifacts can be blended: two to scoring::kMostParts of them, none
/// a blend, of the same data (hash), users, items (external ids) and training history. O(users + items + history).
void require_agreement(std::span<const artifact::Artifact> parts);

/// The blend of artifacts that agree, with weights >= 0; views into them. Throws InvalidArgument for another number of
/// weights than of parts.
scoring::Scoring blended(std::span<const artifact::Artifact> parts, std::span<const double> weights,
                         scoring::BlendBy by);

}  // namespace monet::blend
