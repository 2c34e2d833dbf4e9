// Any text either is JSON records (reviews, a catalogue), one on each line, over lines or in a list, or a DataError.
#include "monet/input/json_record.h"
#include "monet/prepare/records/record_interactions.h"
#include "fuzz/raw_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using monet::input::RecordReader;
  static monet::input::JsonRecordParser parser;  // as in the program: one for all lines
  const auto text = monet::fuzz::text_of(data, size);
  monet::fuzz::interactions<RecordReader>(text, [](auto& records, auto& bad, auto& log) {
    monet::prepare::read_record_interactions(records, parser, {}, bad, log);
  });
  monet::fuzz::interactions<RecordReader>(text, [](auto& records, auto& bad, auto& log) {
    monet::prepare::read_record_interactions(records, parser, {"customer", "line_items", "", "none"}, bad, log);
  });
  monet::fuzz::catalogue<RecordReader>(text, [](auto& records, auto& bad, auto& catalogue) {
    monet::prepare::read_record_catalogue(records, parser, {}, bad, catalogue);
  });
  return 0;
}
