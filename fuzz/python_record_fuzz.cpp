// Any text either is lines of Python dict literals or a DataError.
#include "monet/input/python_record.h"
#include "fuzz/raw_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  monet::fuzz::catalogue(monet::fuzz::text_of(data, size), [](auto& lines, auto& bad, auto& catalogue) {
    monet::input::PythonRecordParser parser;
    monet::prepare::read_record_catalogue(lines, parser, {}, bad, catalogue);
  });
  return 0;
}
