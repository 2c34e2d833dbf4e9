// Any text either is records that are Python dict literals or a DataError.
#include "monet/input/python_record.h"
#include "monet/prepare/records/record_interactions.h"
#include "fuzz/raw_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using monet::input::RecordReader;
  const auto text = monet::fuzz::text_of(data, size);
  monet::fuzz::interactions<RecordReader>(text, [](auto& records, auto& bad, auto& log) {
    monet::input::PythonRecordParser parser;
    monet::prepare::read_record_interactions(records, parser, {}, bad, log);
  });
  monet::fuzz::catalogue<RecordReader>(text, [](auto& records, auto& bad, auto& catalogue) {
    monet::input::PythonRecordParser parser;
    monet::prepare::read_record_catalogue(records, parser, {}, bad, catalogue);
  });
  return 0;
}
