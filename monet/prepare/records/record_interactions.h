#pragma once

#include "monet/prepare/interaction_log.h"
#include "monet/prepare/options.h"
#include "monet/prepare/records/record.h"
#include "monet/prepare/streams/bad_lines.h"

namespace monet::prepare {

/// Reads interactions that are records, one on each line (Amazon's reviews of every year, any JSON lines). Keys are
/// those of `columns`, or found: `parent_asin` wins over `asin`. Blank lines are passed over. Throws DataError with
/// file and line.
void read_record_interactions(LineReader& lines, RecordParser& parser, const InteractionColumns& columns,
                              BadLines& bad_lines, InteractionLog& log);

}  // namespace monet::prepare
