#pragma once

#include "monet/input/record.h"
#include "monet/input/record_reader.h"
#include "monet/prepare/survey.h"

namespace monet::prepare {

/// Takes a sample of the records that come next, which stay to be read. Records that cannot be parsed are passed over.
Survey survey_records(input::RecordReader& records, input::RecordParser& parser);

}  // namespace monet::prepare
