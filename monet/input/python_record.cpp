#include "monet/input/python_record.h"

namespace monet::input {

void PythonRecordParser::parse(std::string_view record, RecordSink& sink) {
  parse_literal(record, Dialect::python, sink, buffers_, lone_surrogates_);
}

}  // namespace monet::input
