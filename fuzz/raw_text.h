#pragma once

#include "monet/core/error.h"
#include "monet/input/utf8.h"
#include "monet/prepare/interaction_log.h"
#include "monet/prepare/items/catalogue.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace monet::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Reads `text` as interactions by `read(lines, bad_lines, log)`, refusing bad lines and skipping them. `Reader`: of
/// lines or records.
template <class Reader = input::LineReader, class Read>
void interactions(std::string_view text, Read&& read) {
  for (const bool skip : {false, true}) {
    try {
      input::MemoryStream stream(text);
      Reader lines(stream, "fuzz");
      input::BadLines bad(skip);
      prepare::InteractionLog log({});
      read(lines, bad, log);
      if (log.users.size() != log.times.size() || log.item_names.size() > log.size()) std::abort();
    } catch (const DataError&) {
    }
  }
}

/// Reads `text` as a catalogue by `read(lines, bad_lines, catalogue)`; what is kept must be clean text.
template <class Reader = input::LineReader, class Read>
void catalogue(std::string_view text, Read&& read) {
  data::NameTable names;
  prepare::ItemStore store({}, std::filesystem::temp_directory_path() / fmt::format("monet-fuzz-texts-{}", ::getpid()));
  try {
    input::MemoryStream stream(text);
    Reader lines(stream, "fuzz");
    input::BadLines bad(true);
    prepare::Catalogue catalogue(names, store, true);
    read(lines, bad, catalogue);
  } catch (const DataError&) {
  }
  for (Index row = 0; row < store.size(); ++row) {
    const prepare::Item item = store.item(row);
    if (!input::is_utf8(item.title) || input::clean_text(item.description) != item.description) std::abort();
  }
}

}  // namespace monet::fuzz
