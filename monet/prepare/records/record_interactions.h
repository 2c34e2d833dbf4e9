#pragma once

#include "monet/input/bad_lines.h"
#include "monet/input/record.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/options.h"

namespace monet::prepare {

/// Reads interactions that are records, one on each line (Amazon's reviews of every year, any JSON lines). Keys are
/// those of `columns`, or found: `parent_asin` wins over `asin`. Blank lines are passed over. Throws DataError with
/// file and line.
void read_record_interactions(input::LineReader& lines, input::RecordParser& parser, const InteractionColumns& columns,
                              input::BadLines& bad_lines, InteractionLog& log);

}  // namespace monet::prepare
