#pragma once

#include "monet/prepare/sources/source.h"

namespace monet::prepare {

/// Finds the files of interactions at `options.source` and their format; `source.folder` is where they may lie. Sets
/// `format`, `interactions` and `parts`, and notes what is passed over. Throws DataError with a remedy.
void find_interactions(const PrepareOptions& options, Source& source);

}  // namespace monet::prepare
