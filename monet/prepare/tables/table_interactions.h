#pragma once

#include "monet/input/bad_lines.h"
#include "monet/input/table_reader.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/options.h"

namespace monet::prepare {

/// Reads a table of interactions: columns as in `columns`, or found by name; an `x_label` column is the split. Throws
/// DataError with file, line and remedy.
void read_table_interactions(input::TableReader& table, const InteractionColumns& columns, input::BadLines& bad_lines,
                             InteractionLog& log);

}  // namespace monet::prepare
