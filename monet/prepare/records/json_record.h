#pragma once

#include "monet/prepare/records/record.h"

#include <memory>

namespace monet::prepare {

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

}  // namespace monet::prepare
