#pragma once

#include "monet/artifact/id_table.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monet::recommend {

/// Indices of external ids, in the order given. Throws DataError naming the first few unknown ones: "unknown WHAT 'a',
/// 'b'; REMEDY".
std::vector<std::int32_t> find_all(const artifact::IdTable& table, std::span<const std::string> ids,
                                   std::string_view what, std::string_view remedy);

}  // namespace monet::recommend
