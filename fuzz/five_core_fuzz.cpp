// Any text either is a split of the 5-core layout, from which a dataset can be made, or a DataError.
#include "monet/core/error.h"
#include "monet/data/five_core.h"
#include "monet/data/load.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    monet::data::Interactions interactions;
    monet::data::parse_five_core({reinterpret_cast<const char*>(data), size}, "fuzz", monet::data::Part::train,
                                 interactions);
    // Datasets of millions of rows are legal, and slow to make.
    if (interactions.user.id > 5000 || interactions.item.id > 5000) return 0;
    monet::data::assemble(std::move(interactions), {}, {});
  } catch (const monet::DataError&) {
  }
  return 0;
}
