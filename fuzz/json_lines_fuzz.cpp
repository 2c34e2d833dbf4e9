// Any text either is JSON lines (reviews, a catalogue) or a DataError.
#include "monet/input/json_record.h"
#include "monet/prepare/records/record_interactions.h"
#include "fuzz/raw_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static monet::input::JsonRecordParser parser;  // as in the program: one for all lines
  const auto text = monet::fuzz::text_of(data, size);
  monet::fuzz::interactions(text, [](auto& lines, auto& bad, auto& log) {
    monet::prepare::read_record_interactions(lines, parser, {}, bad, log);
  });
  monet::fuzz::catalogue(text, [](auto& lines, auto& bad, auto& catalogue) {
    monet::prepare::read_record_catalogue(lines, parser, {}, bad, catalogue);
  });
  return 0;
}
