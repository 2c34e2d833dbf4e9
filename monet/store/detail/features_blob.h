#pragma once

#include "monet/store/item.h"

#include <string>
#include <string_view>

namespace monet::store::detail {

/// Features as bytes: for each, the length of its name and the number of its values (32-bit integers), the name, the
/// values (32-bit floats); all little-endian. Nothing for none.
std::string features_to_bytes(const Features& features);
/// Throws DataError where the bytes are none of these.
Features features_from_bytes(std::string_view bytes);

}  // namespace monet::store::detail
