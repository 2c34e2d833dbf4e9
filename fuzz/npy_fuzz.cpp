// Any bytes either are an array or a DataError.
#include "monet/core/error.h"
#include "monet/core/files/npy.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    const auto matrix = monet::files::parse_npy(bytes, "fuzz");
    if (static_cast<std::size_t>(matrix.size()) > size) __builtin_trap();
  } catch (const monet::DataError&) {
  }
  try {
    monet::files::parse_npy_int64(bytes, "fuzz");
  } catch (const monet::DataError&) {
  }
  return 0;
}
