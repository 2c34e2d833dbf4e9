// Any text either is a map of names or a DataError.
#include "monet/core/error.h"
#include "monet/data/id_map.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    monet::data::parse_id_map({reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const monet::DataError&) {
  }
  return 0;
}
