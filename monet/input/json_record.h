#pragma once

#include "monet/input/record.h"

#include <memory>

namespace monet::input {

/// JSON objects, fully checked (through simdjson).
class JsonRecordParser : public RecordParser {
 public:
  JsonRecordParser();
  ~JsonRecordParser() override;
  void parse(std::string_view line, RecordSink& sink) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace monet::input
