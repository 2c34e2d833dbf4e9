#pragma once

#include "monet/prepare/interaction_log.h"
#include "monet/prepare/options.h"
#include "monet/prepare/streams/bad_lines.h"
#include "monet/prepare/tables/table_reader.h"

namespace monet::prepare {

/// Reads a table of interactions: columns as in `columns`, or found by name; an `x_label` column is the split. Throws
/// DataError with file, line and remedy.
void read_table_interactions(TableReader& table, const InteractionColumns& columns, BadLines& bad_lines,
                             InteractionLog& log);

}  // namespace monet::prepare
