// Any bytes either are a picture within the limit, which can be described, or a DataError.
#include "monet/core/error.h"
#include "monet/features/image/decode.h"
#include "monet/features/image/descriptor.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr monet::Index kMostPixels = 100'000;
  try {
    const monet::features::Image image = monet::features::decode(std::as_bytes(std::span(data, size)), {kMostPixels});
    if (image.width * image.height > kMostPixels) __builtin_trap();
    std::vector<float> row(static_cast<std::size_t>(monet::features::kDescriptorWidth));
    monet::features::describe(image, row);
    for (const float value : row) {
      if (!std::isfinite(value)) __builtin_trap();
    }
  } catch (const monet::DataError&) {
  }
  return 0;
}
