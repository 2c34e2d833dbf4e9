#pragma once

#include "monet/data/load.h"

#include <map>
#include <string>
#include <string_view>

namespace monet::data {

/// The options that say how files become interactions (all but the modalities), by the program's names without dashes,
/// where they differ from the defaults: "split-by" → "time". What an artifact keeps to read its data again.
std::map<std::string, std::string> to_record(const LoadOptions& options);

/// Sets one of these options from what somebody wrote. Throws InvalidArgument: "`split-by`: 'x' is not one of random,
/// time".
void set_load_option(std::string_view name, const std::string& value, LoadOptions& options);

/// Sets what `record` names, where `options` has its default. Throws DataError for a name or a value that `to_record`
/// does not write.
void apply_record(const std::map<std::string, std::string>& record, LoadOptions& options);

}  // namespace monet::data
