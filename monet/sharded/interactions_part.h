#pragma once

#include "monet/data/assemble.h"
#include "monet/data/interactions.h"
#include "monet/data/load.h"
#include "monet/dist/communicator.h"

#include <filesystem>
#include <optional>

namespace monet::sharded {

/// What a process reads of a file of interactions, and what is known of the whole.
struct InteractionsPart {
  data::Interactions own;  // pairs and weights; the rest of it is the whole's
  data::Extent extent;     // of the whole
  bool weights_differ = false;
};

/// Reads interactions of MMRec, each process a range of lines of `table`. Nothing where ranges of lines are not enough
/// to know what a record is or to which split it belongs: fields in quotes, other characters than ASCII, a header that
/// is repeated, no labels. Throws as data::read_interaction_table, in every process alike.
std::optional<InteractionsPart> read_interactions(dist::Communicator& world, const std::filesystem::path& table,
                                                  const data::LoadOptions& options);

}  // namespace monet::sharded
