// Any bytes either are a network for pictures of a size that can be made, or a DataError.
#include "monet/core/error.h"
#include "monet/features/onnx/picture_input.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto input = monet::features::picture_input({reinterpret_cast<const char*>(data), size});
    if (input.width < 0 || input.width > 4096 || input.height < 0 || input.height > 4096) __builtin_trap();
  } catch (const monet::DataError&) {
  }
  return 0;
}
