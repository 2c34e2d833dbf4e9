#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace monet::features::detail {

/// Turns pixels of an embedded ICC profile (Display P3, Adobe RGB, …) into sRGB, in place; transparency stays. A profile
/// that is damaged, or not of RGB, changes nothing, as in browsers. `channels`: 3 or 4.
void convert_to_srgb(std::span<const std::byte> profile, std::span<std::uint8_t> pixels, int channels);

}  // namespace monet::features::detail
