// Any text either is lists of items by user, from which a dataset can be made, or a DataError.
#include "monet/core/error.h"
#include "monet/data/lists.h"
#include "monet/data/load.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  monet::data::looks_like_lists(text);
  try {
    monet::data::Interactions interactions;
    monet::data::parse_lists(text, "fuzz", monet::data::Part::train, interactions);
    // Datasets of millions of rows are legal, and slow to make.
    const bool absurd = interactions.user.id >= 1'000'000 || interactions.item.id >= 1'000'000;
    if (!absurd && (interactions.user.id > 5000 || interactions.item.id > 5000)) return 0;
    const bool few = interactions.size() < 1000;
    monet::data::assemble(std::move(interactions), {}, {});
    if (absurd && few) __builtin_trap();
  } catch (const monet::DataError&) {
  }
  return 0;
}
