#pragma once

#include "monet/artifact/artifact.h"
#include "monet/report/page.h"

namespace monet::report {

/// What an artifact of a blend is made of: each part with its weight, its figures beside the blend's, and its options.
Section blend_parts(const artifact::Artifact& blend);

/// The weights that were tried, from its log: a curve of two parts, a table of three. Throws DataError naming file,
/// line and what is wrong.
Section blend_trials(const artifact::Artifact& blend);

}  // namespace monet::report
