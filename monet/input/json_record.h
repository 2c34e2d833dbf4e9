#pragma once

#include "monet/input/record.h"

#include <memory>

namespace monet::input {

/// JSON objects, fully checked: through simdjson, and what that refuses or does not keep (NaN and Infinity, lone
/// surrogates, integers beyond 64 bits, the digits of a fraction) a second time through `parse_literal`.
class JsonRecordParser : public RecordParser {
 public:
  JsonRecordParser();
  ~JsonRecordParser() override;
  void parse(std::string_view record, RecordSink& sink) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace monet::input
