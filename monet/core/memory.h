#pragma once

#include <cstdint>

namespace monet {

/// Bytes this process may still take: what the kernel calls available, within the limits of its control group and of
/// RLIMIT_AS. 0 when nothing of this can be read.
std::uint64_t available_memory();

/// Resident bytes of this process at their highest so far. 0 when unknown.
std::uint64_t peak_resident_memory();

}  // namespace monet
