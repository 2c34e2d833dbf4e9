#pragma once

#include "monet/input/record.h"

#include <memory>
#include <string_view>

namespace monet::input {

/// Whether a text that begins so is records: an object, or a list of them.
bool begins_with_records(std::string_view first);

/// The parser of a text that begins so. Its records are all JSON or all Python; a Python dict mostly begins with
/// another quote.
std::unique_ptr<RecordParser> parser_for(std::string_view first);

}  // namespace monet::input
