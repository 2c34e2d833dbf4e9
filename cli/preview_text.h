#pragma once

#include "monet/prepare/preview.h"

#include <string>

namespace monet::cli {

/// What `monet prepare --dry-run` prints.
std::string preview_text(const prepare::Preview& preview);

}  // namespace monet::cli
