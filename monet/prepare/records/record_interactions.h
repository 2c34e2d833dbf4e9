#pragma once

#include "monet/input/bad_lines.h"
#include "monet/input/record.h"
#include "monet/input/record_reader.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/options.h"

namespace monet::prepare {

/// Reads interactions that are records (Amazon's reviews of every year, any JSON). Which keys say what is chosen over
/// the first of them (`choose_keys`) and holds for all; `bad_lines` hears the choice. A list under the item's key is
/// one interaction for each of its items; a rating, time or kind inside the list goes with its item, any other with
/// all. Throws DataError with file and line.
void read_record_interactions(input::RecordReader& records, input::RecordParser& parser,
                              const InteractionColumns& columns, input::BadLines& bad_lines, InteractionLog& log);

}  // namespace monet::prepare
