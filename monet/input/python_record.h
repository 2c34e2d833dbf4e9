#pragma once

#include "monet/input/literal_parser.h"

namespace monet::input {

/// Python dict literals as `repr` writes them: strings with either quote, prefixes u, b and r and every escape but \N,
/// numbers (nan, inf and Python 2's 12L among them), None, True, False, lists, tuples, dicts. Nothing is ever run: what
/// is no literal is refused. Escapes mean what they mean in Python 3, except that a pair of surrogates becomes the
/// character it stands for, and a lone one U+FFFD.
class PythonRecordParser : public RecordParser {
 public:
  void parse(std::string_view record, RecordSink& sink) override;

 private:
  LiteralBuffers buffers_;
};

}  // namespace monet::input
