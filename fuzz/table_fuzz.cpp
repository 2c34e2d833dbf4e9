// Any text either is an interaction table, read as MMRec's `.inter` and as a plain table split at random and by time,
// or a DataError.
#include "monet/core/error.h"
#include "monet/data/interaction_table.h"
#include "monet/data/item_metadata.h"
#include "monet/data/load.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {
void read(std::string_view text, const monet::data::TableOptions& options) {
  try {
    auto interactions = monet::data::parse_interaction_table(text, "fuzz", options);
    if (interactions.user.id > 5000 || interactions.item.id > 5000) return;
    monet::data::assemble(std::move(interactions), {}, {});
  } catch (const monet::DataError&) {
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  monet::data::TableOptions options;
  read(text, options);
  options.split = monet::data::SplitKind::time;
  read(text, options);
  options.split = monet::data::SplitKind::random;
  options.users_are_rows = options.items_are_rows = true;
  read(text, options);
  try {
    std::vector<std::string> notes;
    monet::data::parse_item_metadata(text, "fuzz", {"a", "b", "0"}, notes);
  } catch (const monet::DataError&) {
  }
  return 0;
}
