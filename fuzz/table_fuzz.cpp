// Any text either is an interaction table, read as MMRec's `.inter` and as a plain table split at random and by time,
// or a DataError; what is read of it are ids that can be written and read again. Skipping bad lines never costs a
// record that is read without.
#include "monet/core/error.h"
#include "monet/data/interaction_table.h"
#include "monet/data/item_metadata.h"
#include "monet/data/load.h"
#include "monet/input/table_reader.h"
#include "monet/input/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
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

/// How many records a table has; nothing when it is refused.
std::optional<std::size_t> records(std::string_view text, bool skip) {
  monet::input::MemoryStream stream(text);
  monet::input::LineReader lines(stream, "fuzz");
  try {
    monet::input::TableReader table(lines, '\0', true);
    monet::input::BadLines bad(skip);
    std::size_t count = 0;
    monet::Index last = 0;
    while (table.next(bad)) {
      ++count;
      if (table.line() <= last || table.line() > lines.number()) std::abort();
      last = table.line();
      for (std::size_t column = 0; column < table.header().size(); ++column) {
        if (!monet::input::is_utf8(table.field(column))) std::abort();
      }
    }
    return count;
  } catch (const monet::DataError&) {
    return std::nullopt;
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto strict = records(text, false); strict && records(text, true) != strict) std::abort();
  monet::data::TableOptions options;
  read(text, options);
  options.split = monet::data::SplitKind::time;
  read(text, options);
  options.split = monet::data::SplitKind::random;
  options.users_are_rows = options.items_are_rows = true;
  read(text, options);
  try {
    std::vector<std::string> notes;
    monet::data::parse_item_metadata(text, "fuzz", {"a", "b", "0"}, text.size() % 2 == 0, notes);
  } catch (const monet::DataError&) {
  }
  return 0;
}
