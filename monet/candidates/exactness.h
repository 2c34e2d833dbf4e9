#pragma once

#include <cstdint>
#include <string_view>

namespace monet::candidates {

/// How sure it is that a list is that of the exact ranking.
enum class Exactness : std::uint8_t {
  scanned,   // every candidate was scored
  proved,    // what was not scored cannot be among the best: a bound says so
  unproved,  // something better may have been passed over
};
std::string_view to_string(Exactness exactness);

}  // namespace monet::candidates
