#pragma once

#include "monet/sharded/load.h"

#include <optional>

namespace monet::sharded {

/// `load` where no process reads the whole: of the layout that `prepare` writes. Nothing of other layouts, and where a
/// file of this one cannot be read in parts.
std::optional<Shard> load_parts(dist::Communicator& world, const std::filesystem::path& path,
                                const data::LoadOptions& options);

}  // namespace monet::sharded
