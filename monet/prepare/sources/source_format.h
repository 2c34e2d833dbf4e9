#pragma once

#include "monet/prepare/options.h"

#include <filesystem>

namespace monet::prepare {

/// The format of one file of interactions, by its name and first lines. `separator`: between columns, where it is given
/// ('\0': found). Throws DataError that says what was seen and how to name the format.
Format format_of_file(const std::filesystem::path& path, char separator);

}  // namespace monet::prepare
